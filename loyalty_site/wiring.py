"""Who listens to which event, and who provides what to a lower app: names -> dotted paths.

The one place that joins the apps; read by `groundwork.messaging.wiring`.
"""

SUBSCRIBERS: dict[str, list[str]] = {
    "loyalty.cards_enrolled": [
        "notifications.handlers.on_cards_enrolled",
        "wallet.handlers.on_cards_enrolled",
    ],
    "loyalty.welcome_bonus_given": ["notifications.handlers.on_welcome_bonus_given"],
    "loyalty.reward_ready": ["notifications.handlers.on_reward_ready", "wallet.handlers.on_reward_ready"],
    "loyalty.points_about_to_expire": [
        "notifications.handlers.on_points_about_to_expire",
        "wallet.handlers.on_points_about_to_expire",
    ],
    "loyalty.balances_changed": ["wallet.handlers.on_balances_changed"],
    "loyalty.card_state_changed": ["wallet.handlers.on_card_state_changed"],
    "loyalty.program_changed": ["wallet.handlers.on_program_changed"],
    "loyalty.points_expired": ["notifications.handlers.on_points_expired"],
    "customers.customer_renamed": ["wallet.handlers.on_customer_renamed"],
    "loyalty.card_link_requested": ["notifications.handlers.on_card_link_requested"],
    "loyalty.erasure_requested": ["notifications.handlers.on_erasure_requested"],
}

PROVIDERS: dict[str, list[str]] = {
    "rows_deleted": ["loyalty.services.deletions.on_deleted"],
    "rows_restored": ["loyalty.services.deletions.on_restored"],
    "card_annotations": ["notifications.selectors.card_annotations", "wallet.providers.card_annotations"],
    "person_export": [
        "loyalty.services.persons.export",
        "notifications.services.people.export",
        "wallet.providers.person_export",
    ],
    "person_erase": [
        "loyalty.services.persons.erase",
        "notifications.services.people.erase",
        "wallet.providers.person_erase",
    ],
    "dashboard_alerts": ["notifications.selectors.dashboard_alerts", "wallet.providers.dashboard_alerts"],
    "program_previews": [
        "loyalty.pages.customer.preview.program_previews",
        "wallet.previews.program_previews",
    ],
    "job_export": ["groundwork.console.export.make_file"],
    "job_check": ["loyalty.imports.work.check"],
    "job_import": ["loyalty.imports.work.bring_over"],
    "wallet_buttons": ["wallet.providers.wallet_buttons"],
    "email_variables": ["wallet.providers.email_variables"],
}
