"""Who listens to which event, and who answers what a lower app asks: the one place that joins the apps.

The names of subscriptions stand in waiting rows and never change; what they lead to may.
"""

from customers import ports as customers
from customers.events import CustomerChanged, CustomerErased, CustomerRenamed
from groundwork import deletion
from groundwork.console import export
from groundwork.jobs import service as jobs
from groundwork.jobs.models import JobKind
from groundwork.jobs.queue import JOBS
from groundwork.messaging.monitoring import queues
from groundwork.messaging.outbox import OUTBOX
from groundwork.messaging.wiring import Subscription, subscriptions
from loyalty import events
from loyalty import handlers as loyalty_handlers
from loyalty import ports as loyalty
from loyalty import selectors as loyalty_selectors
from loyalty.console import batch, customer_list, observation, rehearsal, undo_work
from loyalty.console import customer as cards_of_customer
from loyalty.console import store as counter_on_page
from loyalty.imports import work
from loyalty.pages.customer import preview
from loyalty.services import deletions, merchants
from loyalty.services import people as cards_of_people
from loyalty_site.everything import work as everything
from notifications import handlers as emails
from notifications import ports as notifications
from notifications import selectors as email_selectors
from notifications import texting
from notifications.console import customer as emails_of_customer
from notifications.services import people as emails_of_people
from notifications.services.accounts import ACCOUNT_EMAILS
from notifications.services.queue import EMAILS
from notifications.services.text_messages import TEXT_MESSAGES
from tenancy import deletions as deletions_of_accounts
from tenancy import ports as tenancy
from tenancy.events import AccountEmailRequested
from wallet import console as passes_on_page
from wallet import handlers as passes
from wallet import on_customer_page as passes_of_customer
from wallet import previews as pass_previews
from wallet import providers as wallets
from wallet.services import people as passes_of_people
from wallet.services.queue import DESIGNS, PASSES
from webhooks import handlers as webhooks
from webhooks.services import people as told_of_people
from webhooks.services.queue import DELIVERIES

SUBSCRIPTIONS = [
    Subscription("loyalty.friend_to_settle", events.FriendToSettle, loyalty_handlers.on_friend_to_settle),
    Subscription("notifications.cards_enrolled", events.CardsEnrolled, emails.on_cards_enrolled, joins=True),
    Subscription(
        "notifications.welcome_bonus_given",
        events.WelcomeBonusGiven,
        emails.on_welcome_bonus_given,
        joins=True,
    ),
    Subscription("notifications.reward_ready", events.RewardReady, emails.on_reward_ready, joins=True),
    Subscription(
        "notifications.points_about_to_expire", events.PointsAboutToExpire, emails.on_points_about_to_expire
    ),
    Subscription("notifications.owed_anew", events.OwedAnew, emails.on_owed_anew, joins=True),
    Subscription(
        "notifications.friend_rewarded", events.FriendRewarded, emails.on_friend_rewarded, joins=True
    ),
    Subscription("notifications.points_expired", events.PointsExpired, emails.on_points_expired, joins=True),
    Subscription(
        "notifications.card_link_requested", events.CardLinkRequested, emails.on_card_link_requested
    ),
    Subscription(
        "notifications.card_link_by_phone", events.CardLinkRequested, emails.on_card_link_requested_by_phone
    ),
    Subscription("notifications.phone_to_confirm", events.PhoneToConfirm, emails.on_phone_to_confirm),
    Subscription("notifications.erasure_requested", events.ErasureRequested, emails.on_erasure_requested),
    Subscription(
        "notifications.erasure_by_phone", events.ErasureRequested, emails.on_erasure_requested_by_phone
    ),
    Subscription("notifications.email_to_confirm", events.EmailToConfirm, emails.on_email_to_confirm),
    Subscription(
        "notifications.account_email_requested", AccountEmailRequested, emails.on_account_email_requested
    ),
    Subscription("wallet.reward_ready", events.RewardReady, passes.on_reward_ready, joins=True),
    Subscription(
        "wallet.points_about_to_expire",
        events.PointsAboutToExpire,
        passes.on_points_about_to_expire,
        joins=True,
    ),
    Subscription("wallet.balances_changed", events.BalancesChanged, passes.on_balances_changed, joins=True),
    Subscription("wallet.card_state_changed", events.CardStateChanged, passes.on_card_state_changed),
    Subscription("wallet.program_changed", events.ProgramChanged, passes.on_program_changed),
    Subscription("wallet.customer_renamed", CustomerRenamed, passes.on_customer_renamed),
    # What is told last of a card or a person is to be how they are.
    Subscription(
        "webhooks.card_state_changed",
        events.CardStateChanged,
        webhooks.on_card_state_changed,
        order="webhooks",
    ),
    Subscription(
        "webhooks.program_changed", events.ProgramChanged, webhooks.on_program_changed, order="webhooks"
    ),
    Subscription(
        "webhooks.customer_changed", CustomerChanged, webhooks.on_customer_changed, order="webhooks"
    ),
    Subscription("webhooks.customer_erased", CustomerErased, webhooks.on_customer_erased, order="webhooks"),
]


def connect() -> None:
    """Join the apps; called once, when all of them are loaded, with their pages of the console."""
    subscriptions.fill(*SUBSCRIPTIONS)
    queues.fill(OUTBOX, JOBS, EMAILS, ACCOUNT_EMAILS, TEXT_MESSAGES, PASSES, DESIGNS, DELIVERIES)
    deletion.followers.fill(deletions, deletions_of_accounts)
    jobs.works.fill(
        jobs.Work(JobKind.EXPORT, export.make_file, reads_afar=True),
        jobs.Work(JobKind.LOOK, work.look),
        jobs.Work(JobKind.CHECK, work.check),
        jobs.Work(JobKind.IMPORT, work.bring_over, goes_on=True),
        jobs.Work(JobKind.REVERT, work.revert, goes_on=True),
        jobs.Work(JobKind.PRINT, batch.draw),
        jobs.Work(JobKind.REHEARSE, rehearsal.play, reads_afar=True),
        jobs.Work(JobKind.FORESEE, undo_work.foresee),
        jobs.Work(JobKind.UNDO, undo_work.carry_out, goes_on=True),
        jobs.Work(JobKind.WHOLE, everything.write),
        jobs.Work(JobKind.GUARD, observation.look),
    )
    customers.personal_data.fill(cards_of_people, emails_of_people, passes_of_people, told_of_people)
    loyalty.card_facts.fill(email_selectors, wallets)
    loyalty.wallets.fill(wallets)
    loyalty.previews.fill(preview, pass_previews)
    loyalty.texting.fill(texting)
    notifications.links.fill(wallets)
    tenancy.store_page.fill(counter_on_page)
    tenancy.amounts.fill(loyalty_selectors)
    tenancy.merchant_followers.fill(merchants)
    customers.customer_page.fill(cards_of_customer, passes_of_customer, emails_of_customer)
    customers.customer_list.fill(customer_list)
    loyalty.card_page.fill(passes_on_page)
