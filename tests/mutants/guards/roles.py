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
        "idempotency-keys-of-everybody",
        "tenancy/actor.py",
        'return f"user:{self.user.pk}" if self.user is not None else "anyone"',
        'return "anyone"',
        "tests/loyalty/api/test_idempotency.py::test_keys_are_per_person_and_per_store",
    ),
    mutant(
        "managers-who-read-everywhere",
        "tenancy/roles.py",
        "Role.MANAGER.value: Rights(manages_stores",
        "Role.MANAGER.value: Rights(everywhere=True, manages_stores",
        NEAR,
    ),
    mutant(
        "staff-who-manage",
        "tenancy/roles.py",
        "Role.STAFF.value: Rights(works_at_till=True)",
        "Role.STAFF.value: Rights(works_at_till=True, manages_stores=True)",
        "tests/loyalty/services/test_points.py::test_staff_do_not_adjust",
        "tests/loyalty/services/test_stamps.py::test_staff_give_one_stamp_at_a_time",
    ),
    mutant(
        "accountants-at-the-till",
        "tenancy/roles.py",
        "Rights(everywhere=True, reads=True)",
        "Rights(everywhere=True, reads=True, works_at_till=True)",
        "tests/tenancy/test_roles.py::test_an_accountant_reads_of_all_stores_and_works_at_none",
    ),
    mutant(
        "strongest-role-that-is-the-last",
        "tenancy/roles.py",
        "held[row.merchant_id] = min(row.role, held.get(row.merchant_id, row.role), key=RANKS.index)",
        "held[row.merchant_id] = row.role",
        "tests/tenancy/test_roles.py::test_a_manager_who_keeps_the_books_too_manages_no_store_but_their_own",
    ),
    mutant(
        "till-for-every-role-there",
        "tenancy/roles.py",
        'here = rows.filter(store=OuterRef("pk"), role__in=sorted(CASHIERS))',
        'here = rows.filter(store=OuterRef("pk"))',
        "tests/tenancy/test_roles.py::test_what_a_person_is_at_a_till_is_what_the_rows_say",
    ),
    mutant(
        "role-at-the-till-for-readers",
        "tenancy/roles.py",
        "if row.role in CASHIERS and (row.role in EVERYWHERE or row.store_id == store.pk)",
        "if row.role in EVERYWHERE or row.store_id == store.pk",
        "tests/tenancy/test_roles.py::test_an_accountant_reads_of_all_stores_and_works_at_none",
    ),
    mutant(
        "lists-for-a-role-elsewhere",
        "tenancy/roles.py",
        "if is_operator(user) or among >= READERS:",
        "if among:",
        "tests/tenancy/test_roles.py::test_an_accountant_of_one_merchant_and_owner_of_another_owns_only_that",
    ),
    mutant(
        "file-for-who-lost-the-role",
        "tenancy/roles.py",
        "return living and all({(0, 0), (shop, 0), (shop, store)} & now for shop, store in reach)",
        "return living",
        f"{BACKGROUND}::test_who_was_an_owner_and_is_a_manager_now_gets_none_of_the_owners_rows",
    ),
    mutant(
        "rows-for-who-was-switched-off",
        "tenancy/roles.py",
        "    if not (user.is_authenticated and user.is_active):\n        return rows.none()\n",
        "",
        f"{SCOPE}::test_an_owner_who_was_dismissed_or_switched_off_sees_nothing",
    ),
]
