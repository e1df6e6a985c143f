"""The console: whose rows its pages show, what their addresses may ask, and whose accounts are whose."""

from tests.mutants.mutant import Mutant, Patch, mutant

PAGES = "tests/console/access/test_pages.py"
DOINGS = "tests/console/access/test_doings.py"
PARAMETERS = "tests/console/access/test_parameters.py"
FORMS = "tests/console/test_forms.py"
IN = f"{PAGES}::test_everybody_gets_in_exactly_where_their_role_allows"
DONE = f"{DOINGS}::test_what_is_sent_to_a_page_is_done_for_those_who_may_and_for_nobody_else"
FORGED = "tests/console/access/test_forged.py::test_a_row_of_somebody_else_cannot_be_chosen"
MANAGER_IN, HALF_IN = f"{IN}[manager]", f"{IN}[half]"

HERE = "return Q(store_id__in=store_ids)"
VISIBLE_AT = "    @classmethod\n    def visible_at(cls, store_ids: set[int]) -> Q:\n"

BEGINNING = "tests/console/test_beginning.py"

CUSTOMER, ON_CUSTOMER = "tests/console/test_customer_page.py", "wallet/on_customer_page.py"

MUTANTS = [
    mutant(
        "console-leads-back-to-anywhere",
        "groundwork/console/actions.py",
        'return back if back.startswith(reverse("admin:index")) else self.page_of(row)',
        "return back or self.page_of(row)",
        f"{CUSTOMER}::test_nobody_is_led_out_of_the_console",
    ),
    mutant(
        "customer-page-buttons-of-lines-elsewhere",
        "loyalty/console/customer.py",
        "if line.pk in open_to:",
        "if line.pk:",
        f"{CUSTOMER}::test_a_manager_undoes_what_happened_at_their_store_and_sees_what_happened_at_another",
    ),
    mutant(
        "customer-page-emails-of-other-stores",
        "notifications/console/customer.py",
        "seen = page.get_queryset(request).filter(customer=customer)",
        "seen = EmailLog.objects.filter(customer=customer)",
        f"{CUSTOMER}::test_a_manager_undoes_what_happened_at_their_store_and_sees_what_happened_at_another",
    ),
    Mutant(
        "customer-page-names-devices",
        (f"{CUSTOMER}::test_a_pass_stands_there_with_how_far_it_has_come",),
        (
            Patch(ON_CUSTOMER, "if not page.has_view_permission(request):\n        return {}\n    by", "by"),
            Patch(
                ON_CUSTOMER,
                "page.get_queryset(request).filter(wallet",
                "AppleDeviceRegistration.objects.filter(wallet",
            ),
        ),
    ),
    mutant(
        "ledger-of-a-time-from-the-newest-on",
        "loyalty/console/transaction.py",
        "if asks_when and self.merchant_asked_for(request) is not None:",
        "if not asks_when and self.merchant_asked_for(request) is not None:",
        "tests/console/test_plans_of_lists.py::test_what_happened_until_a_day_is_read_back_from_that_day",
    ),
    *[
        mutant(f"{name}-of-all-stores", file, old, "return Q()", MANAGER_IN)
        for name, file, old in (
            ("stores", "tenancy/models/merchant.py", "return Q(pk__in=store_ids)"),
            ("history", "tenancy/models/history.py", HERE),
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
                "wallet/models/passes.py",
                "return Q(card__scope_store__isnull=True) | Q(card__scope_store_id__in=store_ids)",
            ),
        )
    ],
    mutant(
        "api-keys-of-all-stores",
        "tenancy/models/api_key.py",
        HERE,
        "return Q()",
        "tests/tenancy/test_scope.py::test_a_manager_sees_what_has_to_do_with_their_own_store",
    ),
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
        "rows: models.QuerySet = site.get_model_admin(remote).choices(request)",
        "rows: models.QuerySet = remote._default_manager.all()",
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
    # --- two people with one form ---
    mutant(
        "form-without-a-version",
        "groundwork/console/versions.py",
        "        if sent:\n",
        "        if False:\n",
        f"{FORMS}::test_of_what_two_people_changed_the_second_sees_both_and_decides",
        f"{FORMS}::test_a_reward_changed_on_two_pages_of_its_program_is_asked_about_too",
    ),
    mutant(
        "page-whose-values-are-sent-anew",
        "groundwork/console/versions.py",
        "            if is_left_alone:\n",
        "            if False:\n",
        f"{FORMS}::test_of_what_two_people_changed_the_second_sees_both_and_decides",
    ),
    mutant(
        "forms-that-pass-each-other",
        "groundwork/console/base.py",
        'if request.method == "POST" and connection.in_atomic_block:',
        "if False:",
        f"{FORMS}::test_a_page_sent_twice_is_no_quarrel_and_what_is_no_version_shows_nothing",
    ),
    # --- whose accounts ---
    mutant(
        "search-that-is-kept-for-minutes",
        "loyalty_site/console/site.py",
        '        term = found_pages.plain(request.GET.get("s", "")).strip()\n',
        '        return super().search(request)\n        term = ""\n',
        "tests/console/test_search.py::test_whoever_gets_another_role_finds_what_it_opens_from_then_on",
        "tests/console/test_search.py::test_pages_are_found_by_their_names_in_the_language_that_is_read",
    ),
    mutant(
        "rows-of-everybody",
        "tenancy/console/base.py",
        "return visible_to(request.user, rows)",
        "return rows",
        MANAGER_IN,
    ),
    # --- a shop begins ---
    mutant(
        "full-card-good-for-nothing",
        "loyalty/console/program_form.py",
        "if has_stamps and names[0] in self.fields and not any(",
        "if has_stamps and names[0] in self.fields and any(",
        f"{BEGINNING}::test_a_program_of_stamps_says_what_a_full_card_is_good_for",
    ),
]
