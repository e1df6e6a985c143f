"""The console: whose rows its pages show, what their addresses may ask, and whose accounts are whose."""

from tests.mutants.mutant import mutant

PAGES = "tests/console/access/test_pages.py"
DOINGS = "tests/console/access/test_doings.py"
PARAMETERS = "tests/console/access/test_parameters.py"
TAKEOVER = "tests/console/test_takeover.py"
IN = f"{PAGES}::test_everybody_gets_in_exactly_where_their_role_allows"
DONE = f"{DOINGS}::test_what_is_sent_to_a_page_is_done_for_those_who_may_and_for_nobody_else"
FORGED = "tests/console/access/test_forged.py::test_a_row_of_somebody_else_cannot_be_chosen"
MANAGER_IN, HALF_IN = f"{IN}[manager]", f"{IN}[half]"
ACTIONS = f"{DOINGS}::test_an_action_reaches_the_rows_of_those_who_may_and_no_others"

HERE = "return Q(store_id__in=store_ids)"
VISIBLE_AT = "    @classmethod\n    def visible_at(cls, store_ids: set[int]) -> Q:\n"

MUTANTS = [
    *[
        mutant(f"{name}-of-all-stores", file, old, "return Q()", MANAGER_IN)
        for name, file, old in (
            ("stores", "tenancy/models/merchant.py", "return Q(pk__in=store_ids)"),
            ("history", "tenancy/models/history.py", HERE),
            ("api-keys", "tenancy/models/api_key.py", HERE),
            ("members", "tenancy/models/people.py", HERE),
            ("customers", "customers/models.py", HERE),
            ("pins", "loyalty/models/staff_pin.py", HERE),
            ("transactions", "loyalty/models/transaction.py", HERE),
            (
                "cards",
                "loyalty/models/card.py",
                "return Q(scope_store__isnull=True) | Q(scope_store_id__in=store_ids)",
            ),
            (
                "passes",
                "wallet/models.py",
                "return Q(card__scope_store__isnull=True) | Q(card__scope_store_id__in=store_ids)",
            ),
        )
    ],
    mutant(
        "emails-of-all-stores",
        "notifications/models.py",
        f'get_code_display()}}"\n\n{VISIBLE_AT}        {HERE}',
        f'get_code_display()}}"\n\n{VISIBLE_AT}        return Q()',
        MANAGER_IN,
    ),
    mutant(
        "texts-of-all-stores",
        "notifications/models.py",
        f"        {HERE}\n\n    def words(",
        "        return Q()\n\n    def words(",
        MANAGER_IN,
    ),
    mutant(
        "rows-of-the-platform-for-everybody",
        "tenancy/console/base.py",
        "return rows if role_for(request.user, None) else rows.none()",
        "return rows",
        f"{PARAMETERS}::test_rows_of_the_platform_are_for_operators_alone",
    ),
    mutant(
        "permission-by-any-role",
        "groundwork/console/base.py",
        "        return self.role(request, row) in granted",
        "        return bool(self.roles(request) & granted)",
        HALF_IN,
    ),
    mutant(
        "rows-of-a-lesser-role-listed",
        "tenancy/console/base.py",
        'return granted(request.user, rows, self.grants.view) if hasattr(rows.model, "merchant_path") else rows',
        "return rows",
        HALF_IN,
    ),
    mutant(
        "rows-added-where-the-role-is-lesser",
        "tenancy/console/forms.py",
        "            self._refuse_roles()\n",
        "",
        f"{DONE}[tenancy_store add]",
    ),
    mutant(
        "rows-of-another-merchant-named",
        "tenancy/console/forms.py",
        "            self._refuse_strangers()\n",
        "",
        "tests/console/test_forms.py::test_an_operator_is_told_when_store_and_merchant_do_not_fit",
    ),
    mutant(
        "choices-without-their-page",
        "groundwork/console/base.py",
        'kwargs["queryset"] = site.get_model_admin(remote).choices(request)',
        'kwargs["queryset"] = remote._default_manager.all()',
        f"{FORGED}[loyalty_staffpin add]",
    ),
    mutant(
        "deleted-rows-that-can-be-changed",
        "groundwork/console/base.py",
        'return not getattr(row, "is_deleted", False) and self.may(request, "change", row)',
        'return self.may(request, "change", row)',
        "tests/console/test_deletion.py::test_a_deleted_row_is_read_only_and_saving_does_not_bring_it_back",
    ),
    mutant(
        "choices-of-everybody",
        "groundwork/console/base.py",
        "        rows = self.visible(request, self._rows())\n        return rows.filter(LIVING)",
        "        rows = self._rows()\n        return rows.filter(LIVING)",
        f"{PARAMETERS}::test_everybody_is_proposed_their_own_stores",
    ),
    mutant(
        "file-for-who-may-not-look",
        "groundwork/console/export.py",
        "        if not self.has_view_permission(request):  # type: ignore[attr-defined]\n"
        "            raise PermissionDenied\n",
        "",
        f"{PAGES}::test_a_list_is_downloaded_by_those_who_see_it",
    ),
    mutant(
        "lists-that-compare-with-anything",
        "groundwork/console/lists.py",
        "        if left_over:",
        "        if False:",
        f"{PARAMETERS}::test_a_list_refuses_every_parameter_that_no_filter_offers[loyalty.staffpin]",
        f"{PARAMETERS}::test_a_manager_cannot_guess_a_secret_letter_by_letter",
    ),
    mutant(
        "fields-proposed-that-no-page-offers",
        "loyalty_site/console/site.py",
        "if page is None or field.name not in page.get_autocomplete_fields(request):",
        "if False:",
        f"{PARAMETERS}::test_only_fields_that_a_page_offers_are_proposed_for",
    ),
    mutant(
        "jobs-of-everybody",
        "tenancy/console/job.py",
        "return rows.filter(user_id=request.user.pk) if",
        "return rows if",
        "tests/console/test_background.py::test_nobody_else_downloads_or_sees_it",
        "tests/console/test_background.py::test_the_list_shows_everybody_their_own",
    ),
    # --- whose accounts ---
    mutant(
        "account-that-is-not-wholly-theirs",
        "tenancy/console/people.py",
        "return bool(owned) and not selectors.is_known_beyond(account, owned)",
        "return bool(owned)",
        "tests/console/test_people.py::test_an_owner_cannot_touch_an_account_that_opens_more_than_theirs",
    ),
    mutant(
        "memberships-that-ended-forgotten",
        "tenancy/selectors.py",
        "places = StoreUser.all_objects",
        "places = StoreUser.objects",
        f"{TAKEOVER}::test_whoever_worked_elsewhere_keeps_their_account[deleted_membership]",
        f"{TAKEOVER}::test_whoever_is_restored_elsewhere_is_still_themselves",
    ),
    mutant(
        "deleted-accounts-forgotten",
        "tenancy/selectors.py",
        "Q(pk=account.pk) | Q(email=account.email)",
        "Q(pk=account.pk)",
        f"{TAKEOVER}::test_a_deleted_account_of_the_same_address_counts",
    ),
    mutant(
        "history-elsewhere-forgotten",
        "tenancy/selectors.py",
        "            or entries.exclude(merchant_id__in=merchant_ids).exists()\n",
        "",
        f"{TAKEOVER}::test_whoever_has_done_something_elsewhere_keeps_their_password",
    ),
    mutant(
        "password-that-tells-who-signs-in",
        "tenancy/services.py",
        "    _check_password(password, User(",
        "    user or _check_password(password, User(",
        f"{TAKEOVER}::test_a_refused_password_does_not_tell_who_signs_in_here",
    ),
    mutant(
        "colleagues-added-by-managers",
        "tenancy/services.py",
        "    if not actor.is_owner:",
        "    if False:",
        "tests/tenancy/test_roles.py::test_only_owners_and_operators_decide_who_works_here",
    ),
    mutant(
        "rows-of-everybody",
        "tenancy/console/base.py",
        "return visible_to(request.user, rows)",
        "return rows",
        MANAGER_IN,
    ),
    mutant(
        "operators-like-anybody",
        "tenancy/selectors.py",
        "operators(rows).exists()",
        "False",
        "tests/console/test_takeover.py::test_a_colleague_who_became_an_operator_later_is_out_of_reach",
    ),
]
