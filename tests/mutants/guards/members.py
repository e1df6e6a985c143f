"""Mutants: invitations, and who decides about the people of a merchant."""

from tests.mutants.mutant import mutant

PAGES = "tests/console/access/test_pages.py"
DOINGS = "tests/console/access/test_doings.py"
PEOPLE = "tests/console/test_people.py"
INVITING = "tests/console/test_inviting.py"
INVITATIONS = "tests/tenancy/test_invitations.py"
INVITATION_LINKS = "tests/tenancy/test_invitation_links.py"
MEMBERS = "tests/tenancy/test_members.py"
MAILS = "tests/notifications/test_invitation_emails.py"
AT_ONCE = "tests/concurrency/test_invitations_at_once.py"
IN = f"{PAGES}::test_everybody_gets_in_exactly_where_their_role_allows"
MANAGER_IN, HALF_IN = f"{IN}[manager]", f"{IN}[half]"


MUTANTS = [
    mutant(
        "accounts-for-owners",
        "tenancy/console/people.py",
        "grants = Grants(view=OPERATORS, change=OPERATORS, delete=OPERATORS)",
        "grants = Grants(view=OWNERS, change=OWNERS, delete=OPERATORS)",
        f"{PEOPLE}::test_an_account_is_out_of_reach_of_every_merchant",
    ),
    mutant(
        "address-that-an-operator-changes",
        "tenancy/console/people.py",
        'readonly_fields = ["email", "first_name",',
        'readonly_fields = ["first_name",',
        f"{PEOPLE}::test_no_page_takes_the_password_or_the_address_of_another_person",
    ),
    mutant(
        "own-role-that-one-changes",
        "tenancy/console/people.py",
        "obj.user_id == request.user.pk and not is_operator",
        "False and not is_operator",
        f"{PEOPLE}::test_nobody_changes_or_removes_their_own_role",
    ),
    mutant(
        "invited-by-anybody",
        "tenancy/actor.py",
        "        if not self.is_owner:\n            raise OwnerRequired()",
        "        if False:\n            raise OwnerRequired()",
        f"{INVITATIONS}::test_nobody_but_an_owner_invites",
        f"{MEMBERS}::test_nobody_but_an_owner_decides_about_members",
    ),
    mutant(
        "invited-to-a-store-of-somebody-else",
        "tenancy/invitations.py",
        "if not places or any(store.merchant_id != merchant_id for store in places):",
        "if not places:",
        f"{INVITATIONS}::test_a_store_of_somebody_else_is_nobodys_to_offer",
    ),
    mutant(
        "invitation-that-tells-who-has-an-account",
        "tenancy/invitations.py",
        "StoreUser.objects.filter(user__email=address, store__in=places).exists()",
        "find_user(address)",
        f"{INVITATIONS}::test_what_is_answered_and_kept_does_not_tell_who_has_an_account",
        f"{INVITING}::test_what_the_page_answers_does_not_tell_who_has_an_account",
    ),
    mutant(
        "invitation-without-end",
        "tenancy/invitations.py",
        "rows.filter(pk=invitation_id, expires_at__gt=clock.now()).first()",
        "rows.filter(pk=invitation_id).first()",
        f"{MAILS}::test_what_has_run_out_before_it_goes_out_is_not_sent",
    ),
    mutant(
        "strangers-written-to-again-and-again",
        "tenancy/invitations.py",
        '        rate_limits.check("invited_address", f"{merchant_id}:{attempts.digest(normalize_email(email))}")\n',
        "",
        f"{INVITING}::test_a_stranger_is_not_written_to_again_and_again",
    ),
    mutant(
        "merchant-that-writes-to-everybody",
        "tenancy/invitations.py",
        'rate_limits.check("invitation", str(merchant_id))',
        "pass",
        f"{INVITING}::test_a_merchant_writes_to_so_many_strangers_and_another_merchant_as_before",
    ),
    mutant(
        "link-that-anybody-writes",
        "tenancy/invitations.py",
        "SIGNER.unsign_object(token)",
        'signing.JSONSerializer().loads(signing.b64_decode(token.rsplit(":", 1)[0].encode()))',
        f"{INVITATION_LINKS}::test_a_link_with_another_end_is_no_link",
    ),
    mutant(
        "link-without-end",
        "tenancy/invitations.py",
        "if found is None or clock.now().timestamp() >= until:",
        "if found is None:",
        f"{INVITATION_LINKS}::test_an_older_link_lives_no_longer_because_another_was_sent",
    ),
    mutant(
        "invitation-that-outlives-its-use",
        "tenancy/invitations.py",
        "if found is None or not found.is_open or found",
        "if found is None or found",
        f"{INVITATION_LINKS}::test_a_link_ends[used]",
        f"{INVITATION_LINKS}::test_a_link_ends[taken_back]",
    ),
    mutant(
        "invitation-of-somebody-who-was-dismissed",
        "tenancy/invitations.py",
        "return found if may_invite and found.living_stores() else None",
        "return found if found.living_stores() else None",
        f"{INVITATION_LINKS}::test_a_link_ends[inviter_dismissed]",
    ),
    mutant(
        "invitation-accepted-by-anybody",
        "tenancy/invitations.py",
        "if not deletion.hold(user) or find_user(row.email) != user:",
        "if not deletion.hold(user):",
        f"{INVITATION_LINKS}::test_a_link_that_was_passed_on_makes_nobody_else_a_member",
    ),
    mutant(
        "invitation-accepted-by-opening-it",
        "loyalty/pages/invitation.py",
        'if request.method == "POST" and reader == "invited":',
        'if reader == "invited":',
        "tests/loyalty/pages/test_invitation.py::test_whoever_has_an_account_signs_in_and_accepts",
    ),
    mutant(
        "link-that-makes-a-second-account",
        "tenancy/invitations.py",
        "        if find_user(row.email) is not None:\n            raise AccountExists()\n",
        '        User.objects.filter(email=row.email).update(email=f"old-{row.email}")\n',
        f"{INVITATION_LINKS}::test_a_link_sets_no_password_of_an_account_that_is_there",
    ),
    mutant(
        "password-that-is-too-weak",
        "tenancy/invitations.py",
        "    _check_password(password, user)\n",
        "",
        f"{INVITATION_LINKS}::test_a_password_is_a_good_one",
    ),
    mutant(
        "merchant-without-an-owner",
        "tenancy/services.py",
        "if not actor.is_operator and not left.exists():",
        "if False:",
        f"{MEMBERS}::test_the_last_owner_stays",
    ),
    mutant(
        "owner-who-cannot-come-in",
        "tenancy/roles.py",
        "        user__is_active=True,\n        user__deleted_at__isnull=True,\n",
        "",
        f"{MEMBERS}::test_an_owner_who_cannot_come_in_is_none[account closed]",
    ),
    mutant(
        "owners-who-remove-each-other",
        "tenancy/services.py",
        "advisory_lock.take(advisory_lock.Work.OWNERS, merchant_id)",
        "pass",
        "tests/concurrency/test_second_sees_first.py::"
        "test_of_two_owners_who_remove_each_other_the_second_stays",
    ),
    mutant(
        "invitation-without-its-lock",
        "tenancy/invitations.py",
        'Invitation.objects.select_for_update(no_key=True, of=("self",)).get(',
        "Invitation.objects.get(",
        f"{AT_ONCE}::test_an_invitation_is_accepted_once",
    ),
]
