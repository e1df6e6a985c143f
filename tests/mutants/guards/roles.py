"""Roles and scopes: whose rows may be seen, and who may do what."""

from tests.mutants.mutant import mutant

SCOPE = "tests/tenancy/test_scope.py"
SEEN = f"{SCOPE}::test_an_owner_sees_all_of_their_merchant_a_manager_their_store_and_others_nothing"
NEAR = f"{SCOPE}::test_a_manager_sees_what_has_to_do_with_their_own_store"
BACKGROUND = "tests/console/test_background.py"

MUTANTS = [
    mutant(
        "query-outside-of-any-scope",
        "tenancy/scope.py",
        "    if value is None:\n        raise ScopeError(",
        "    if value is None:\n        return EVERYTHING\n    if value == 0:\n        raise ScopeError(",
        f"{SCOPE}::test_a_question_outside_of_any_scope_is_an_error",
    ),
    mutant(
        "scope-that-does-not-close",
        "tenancy/scope.py",
        "        _current.reset(token)",
        "        pass",
        f"{SCOPE}::test_scopes_nest_and_close_even_after_an_error",
    ),
    mutant(
        "scope-of-one-that-shows-all",
        "tenancy/scope.py",
        'return f"{column} = %s", [*parameters, ids[0]]',
        "raise FullResultSet",
        f"{SCOPE}::test_inside_a_scope_there_is_one_merchant",
    ),
    mutant(
        "scope-of-none-that-shows-all",
        "tenancy/scope.py",
        "raise EmptyResultSet",
        "raise FullResultSet",
        f"{SCOPE}::test_a_scope_can_be_of_several_merchants_of_none_or_of_all",
    ),
    mutant(
        "everything-without-a-reason",
        "tenancy/scope.py",
        "    if not why:",
        "    if False:",
        f"{SCOPE}::test_a_scope_can_be_of_several_merchants_of_none_or_of_all",
    ),
    mutant(
        "manager-without-the-open-scope",
        "tenancy/models/base.py",
        "super().get_queryset().filter(scope.InScope())",
        "super().get_queryset()",
        f"{SCOPE}::test_a_question_outside_of_any_scope_is_an_error",
        f"{SCOPE}::test_inside_a_scope_there_is_one_merchant",
    ),
    mutant(
        "rows-for-who-was-switched-off",
        "tenancy/scope.py",
        "    if not (user.is_authenticated and user.is_active):\n        return queryset.none()",
        "    if not user.is_authenticated:\n        return queryset.none()",
        f"{SCOPE}::test_an_owner_who_was_dismissed_or_switched_off_sees_nothing",
    ),
    mutant(
        "managers-who-see-their-merchant",
        "tenancy/scope.py",
        "{row.merchant_id for row in managed}}) & at_stores",
        "{row.merchant_id for row in managed}})",
        NEAR,
    ),
    mutant(
        "staff-who-see-their-store",
        "tenancy/scope.py",
        'if row.role == "manager" and row.merchant_id not in owned]',
        "if row.merchant_id not in owned]",
        SEEN,
    ),
    mutant(
        "managers-who-are-owners",
        "tenancy/scope.py",
        'for row in memberships if row.role == "owner"}',
        'for row in memberships if row.role in ("owner", "manager")}',
        NEAR,
    ),
    mutant(
        "file-for-who-lost-the-role",
        "tenancy/scope.py",
        "return living and all(",
        "return living or all(",
        f"{BACKGROUND}::test_who_lost_the_role_meanwhile_gets_no_file",
        f"{BACKGROUND}::test_who_was_an_owner_and_is_a_manager_now_gets_none_of_the_owners_rows",
    ),
    mutant(
        "staff-who-are-managers",
        "tenancy/actor.py",
        'MANAGERS = frozenset({"manager", "owner", "operator"})',
        'MANAGERS = frozenset({"staff", "manager", "owner", "operator"})',
        "tests/loyalty/services/test_points.py::test_staff_do_not_adjust",
        "tests/loyalty/services/test_stamps.py::test_staff_give_one_stamp_at_a_time",
    ),
    mutant(
        "managers-who-act-as-owners",
        "tenancy/actor.py",
        'OWNERS = frozenset({"owner", "operator"})',
        'OWNERS = frozenset({"manager", "owner", "operator"})',
        "tests/loyalty/services/test_voids_refused.py::test_only_owners_undo_what_happened_at_another_store",
    ),
    mutant(
        "idempotency-keys-of-everybody",
        "tenancy/actor.py",
        'return f"user:{self.user.pk}" if self.user is not None else "anyone"',
        'return "anyone"',
        "tests/loyalty/api/test_idempotency.py::test_keys_are_per_person_and_per_store",
    ),
    mutant(
        "roles-for-staff-in-the-console",
        "tenancy/roles.py",
        "for row in user.memberships()) & MANAGERS",
        "for row in user.memberships()) and MANAGERS",
        "tests/console/access/test_pages.py::test_the_console_itself_is_for_those_who_have_something_in_it",
    ),
    mutant(
        "roles-of-another-merchant",
        "tenancy/roles.py",
        "for row in user.memberships() if row.merchant_id == merchant_id}",
        "for row in user.memberships()}",
        "tests/console/access/test_pages.py::test_everybody_gets_in_exactly_where_their_role_allows",
    ),
]
