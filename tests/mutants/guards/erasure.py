"""Guards of an erasure: whatever tells of a person goes with them, also what is under way."""

from tests.mutants.mutant import mutant

NO_COPY = "tests/loyalty/api/test_erasure_leaves_no_copy.py"
EVERY_COLUMN = "tests/loyalty/api/test_erasure_of_every_column.py"
REASONS = "tests/loyalty/api/test_erasure_of_reasons.py"
OWN_PHONE = "tests/loyalty/pages/test_own_phone.py"

MUTANTS = [
    mutant(
        "answers-kept-of-who-was-erased",
        "loyalty/services/people.py",
        "    _forget_copies(customer, cards)\n",
        "",
        f"{NO_COPY}::test_whoever_is_erased_is_found_nowhere",
    ),
    mutant(
        "old-numbers-in-the-history",
        "loyalty/services/people.py",
        "    history.forget_names(cards)\n",
        "",
        f"{EVERY_COLUMN}::test_what_was_done_in_the_console_and_sent_to_google_tells_nothing",
    ),
    mutant(
        "jobs-that-go-on-after-an-erasure",
        "groundwork/jobs/service.py",
        "        if not job.is_over:\n",
        "        if False:\n",
        f"{NO_COPY}::test_a_job_that_is_under_way_comes_to_nothing_and_leaves_no_file",
    ),
    mutant(
        "wallets-words-after-an-erasure",
        "wallet/services/queue.py",
        "When(wanted_version=row.wanted_version, then=",
        "When(pk=row.pk, then=",
        "tests/wallet/test_google_trouble.py::"
        "test_what_a_wallet_says_is_kept_unless_the_person_is_erased_before_it_is_noted",
    ),
    mutant(
        "notes-of-the-ledger-after-an-erasure",
        "loyalty/services/people.py",
        "    ledger.forget_person(cards)\n",
        "",
        f"{EVERY_COLUMN}::test_no_column_of_a_row_about_a_person_outlives_them",
    ),
    mutant(
        "reasons-for-several-people-after-an-erasure",
        "loyalty/ledger.py",
        ' | written_along(cards).exclude(notes="")',
        "",
        f"{REASONS}::test_why_lines_of_several_people_were_undone_names_nobody_who_is_erased",
    ),
    mutant(
        "codes-of-earlier-cards-after-an-erasure",
        "loyalty/services/people.py",
        "    CardCode.objects.filter(card__in=cards).delete()\n",
        "",
        f"{EVERY_COLUMN}::test_no_column_of_a_row_about_a_person_outlives_them",
    ),
    mutant(
        "what-somebody-bought-after-an-erasure",
        "loyalty/services/people.py",
        ".exclude(items=[]).update(items=[])",
        ".exclude(items=[])",
        f"{NO_COPY}::test_whoever_is_erased_is_found_nowhere",
    ),
    mutant(
        "what-is-printed-on-a-card-after-an-erasure",
        "loyalty/services/people.py",
        "PrintedCard.objects.filter(card=card).update(",
        "dict(",
        "tests/loyalty/api/test_printed_cards.py::test_what_is_printed_leads_to_nobody_once_the_person_is_erased",
    ),
    mutant(
        "files-of-jobs-after-an-erasure",
        "loyalty/services/people.py",
        "    jobs.forget(lambda job: job.reaches(customer.merchant_id), named=called_by)\n",
        "",
        f"{NO_COPY}::test_whoever_is_erased_is_found_nowhere",
    ),
    mutant(
        "files-called-after-whoever-is-erased",
        "loyalty/services/people.py",
        '    ImportBatch.objects.filter(pk__in=ids).update(file_name="", updated_at=clock.now())\n',
        "",
        f"{NO_COPY}::test_whoever_is_erased_is_found_nowhere",
    ),
    mutant(
        "erasure-told-to-whoever-guesses",
        "loyalty/pages/access.py",
        "            if card.customer.erased_at is None:\n                raise\n",
        "",
        "tests/loyalty/pages/test_my_data.py::test_nobody_learns_by_guessing_that_somebody_was_erased",
    ),
    mutant(
        "e-mails-that-were-sent-after-an-erasure",
        "notifications/services/people.py",
        'rows.update(to="", subject="", body="", context={}, error="", ',
        "rows.update(",
        f"{NO_COPY}::test_whoever_is_erased_is_found_nowhere",
    ),
    mutant(
        "address-that-was-refused-after-an-erasure",
        "notifications/services/people.py",
        "    AddressProblem.objects.filter(customer_id=customer.pk).delete()\n",
        "",
        f"{EVERY_COLUMN}::test_no_column_of_a_row_about_a_person_outlives_them",
    ),
    mutant(
        "words-of-a-wallet-after-an-erasure",
        "wallet/services/people.py",
        'last_error="", left_out={}, left_out_at=None',
        "left_out_at=None",
        f"{EVERY_COLUMN}::test_no_column_of_a_row_about_a_person_outlives_them",
    ),
    mutant(
        "what-was-agreed-to-after-an-erasure",
        "customers/services.py",
        '        "agreements": [],\n',
        "",
        f"{EVERY_COLUMN}::test_no_column_of_a_row_about_a_person_outlives_them",
    ),
    mutant(
        "address-that-waits-after-an-erasure",
        "customers/services.py",
        '        "pending_email": None,\n',
        "",
        f"{EVERY_COLUMN}::test_no_column_of_a_row_about_a_person_outlives_them",
    ),
    mutant(
        "erasure-without-asking-a-phone",
        "loyalty/pages/customer/person.py",
        "    if card.customer.phone:\n",
        "    if False:\n",
        f"{OWN_PHONE}::test_whoever_has_a_phone_alone_deletes_their_data_by_the_link_that_is_sent_there",
        f"{OWN_PHONE}::test_a_phone_gets_so_many_links_and_without_text_messages_the_till_helps",
    ),
]
