"""Who may open and do what in the console: kind of row -> page -> the roles, as letters.

O is the operator, W the owner, M the manager of the row's store, A the merchant's accountant; staff, strangers and
people who are not signed in get in nowhere. *edit* is sending the page *change*; *preview* and the like are pages of
their own. What is for nobody is closed to operators too; a page that is closed only while a row is as it is stands in
`states.IN_STATE`.
"""

READ_ONLY = {"add": "", "edit": "", "delete": ""}
LOOK = dict.fromkeys(("changelist", "change", "history"), "OWMA")
LOOK_WHOLE = dict.fromkeys(("changelist", "change", "history"), "OWA")
LOOK_MANAGER = dict.fromkeys(("changelist", "change", "history"), "OWM")
LOOK_OWNER = {"changelist": "OW", "change": "OW", "history": "OW"}
LOOK_OPERATOR = {"changelist": "O", "change": "O", "history": "O"}

GATES: dict[str, dict[str, str]] = {
    "tenancy_merchant": LOOK_WHOLE | {"add": "O", "edit": "OW", "delete": "O", "export_everything": "OW"},
    "tenancy_store": LOOK
    | {"add": "OW", "edit": "OWM", "delete": "OW"}
    | dict.fromkeys(("poster", "join_page", "terminal", "qr_picture", "qr_drawing", "transactions"), "OWM"),
    "tenancy_storeuser": LOOK | {"add": "", "edit": "OW", "delete": "OW"},
    "tenancy_user": LOOK_OPERATOR
    | {
        "add": "",
        "edit": "O",
        "delete": "O",
        "send_reset_link": "O",
        "unlock": "O",
        "reset_second_factor": "O",
    },
    "tenancy_invitation": LOOK_OWNER | READ_ONLY | {"add": "OW", "resend": "OW", "revoke": "OW"},
    "tenancy_apikey": LOOK_OWNER | READ_ONLY | {"add": "OW", "revoke": "OW"},
    "tenancy_till": LOOK_MANAGER | READ_ONLY | {"add": "OWM", "new_code": "OWM", "revoke": "OWM"},
    "tenancy_historyentry": LOOK | READ_ONLY,
    "tenancy_outboxmessage": LOOK_OPERATOR | READ_ONLY,
    # Whose it is may look at it; here it is the owner's.
    "tenancy_backgroundjob": {"changelist": "OWMA", "add": "", "delete": ""}
    | dict.fromkeys(("change", "history", "progress", "download"), "W"),
    # Whose it is; here it is the owner's.
    "tenancy_savedquestion": {"changelist": "OWMA", "add": "OWMA"}
    | dict.fromkeys(("change", "edit", "history", "delete"), "W"),
    "customers_customer": LOOK
    | {"add": "OWM", "edit": "OWM", "delete": "OW", "export_data": "OWM", "erase": "OW"},
    "loyalty_loyaltycard": LOOK
    | {"add": "", "edit": "", "delete": "OW", "reactivate": "OWM", "let_go": "OWM"}
    | dict.fromkeys(("give_stamp", "adjust_points", "send_link", "replace", "merge", "deactivate"), "OWM")
    | {"remove_code": "OWM"}
    | {"import_customers": "OW"}
    | dict.fromkeys(("import_columns", "import_preview", "import_faults"), "W"),
    "loyalty_importbatch": LOOK_OWNER | READ_ONLY | {"take_back": "OW"},
    "loyalty_cardbatch": LOOK_MANAGER
    | READ_ONLY
    | {"add": "OWM", "print_pdf": "OWM", "number_list": "OWM", "revoke": "OWM"},
    "loyalty_purchase": LOOK | READ_ONLY | {"bring_back": "OWM"},
    "loyalty_loyaltytransaction": LOOK | READ_ONLY | {"undo": "OWM"},
    "loyalty_undobatch": LOOK | READ_ONLY | {"undo_now": "OWM", "take_back": "OWM"},
    "loyalty_undoneline": LOOK | READ_ONLY,
    "loyalty_observation": LOOK
    | READ_ONLY
    | {"fine": "OWM", "look_now": "WM"},  # a merchant's own people ask
    "loyalty_loyaltyprogram": LOOK
    | {
        "add": "O",
        "edit": "OW",
        "delete": "OW",
        "activate": "OW",
        "deactivate": "OW",
    }  # an owner has one already
    | {"preview": "OWMA", "preview_new": "OW", "rehearse": "OW"}
    | {"rehearsed": "W"},  # whose it is, as with a background job
    "loyalty_promotion": LOOK
    | {"add": "OW", "edit": "OW", "delete": "OW"}
    | dict.fromkeys(("plan", "rehearse_this", "stop", "copy", "sentence", "sentence_new"), "OW"),
    "loyalty_merchantloyaltysettings": LOOK_WHOLE | {"add": "O", "edit": "OW", "delete": ""},  # the same
    "loyalty_staffpin": LOOK_MANAGER | {"add": "OWM", "edit": "OWM", "delete": "OWM", "end_lockout": "OWM"},
    "notifications_emailtemplate": LOOK | {"add": "OWM", "edit": "OWM", "delete": "OWM", "preview": "OWMA"},
    "notifications_emaillog": LOOK | READ_ONLY | {"send_this_again": "OWM"},
    "wallet_walletpass": LOOK | READ_ONLY | {"try_this_again": "OWM", "examine": "O"},
    "wallet_passdesign": LOOK_OPERATOR | READ_ONLY,
    "wallet_appledeviceregistration": LOOK_OPERATOR | READ_ONLY,
    "webhooks_endpoint": LOOK_OWNER
    | dict.fromkeys(("add", "edit", "delete", "send_test", "replay", "rotate"), "OW"),
    "webhooks_delivery": LOOK_OWNER | READ_ONLY | {"send_this_again": "OW"},
}
for name in ("periodictask", "crontabschedule", "intervalschedule", "clockedschedule", "solarschedule"):
    GATES[f"django_celery_beat_{name}"] = LOOK_OPERATOR | {"add": "O", "edit": "O", "delete": ""}
for name in ("customers_customer", "loyalty_loyaltycard", "loyalty_loyaltytransaction"):
    GATES[name]["columns"] = "OWMA"
# What is deleted comes back by whoever may delete it.
for name in (
    "tenancy_merchant",
    "tenancy_store",
    "tenancy_storeuser",
    "tenancy_user",
    "customers_customer",
    "loyalty_loyaltycard",
    "loyalty_loyaltyprogram",
    "loyalty_promotion",
    "loyalty_staffpin",
):
    GATES[name]["restore"] = GATES[name]["delete"]

# The actions of the lists, for the rows that are ticked.
ACTIONS: dict[str, dict[str, str]] = {
    kind: {"delete_selected": pages["delete"]} for kind, pages in GATES.items() if pages["delete"]
}
ACTIONS["loyalty_loyaltytransaction"] = {"undo_these": "OWM"}
ACTIONS["notifications_emaillog"] = {"send_again": "OWM"}
ACTIONS["webhooks_delivery"] = {"send_again": "OW"}
ACTIONS["wallet_walletpass"] = {"try_again": "OWM"}
ACTIONS["wallet_passdesign"] = {"try_again": "O"}
ACTIONS["tenancy_outboxmessage"] = {"try_again": "O"}
ACTIONS["django_celery_beat_periodictask"] = dict.fromkeys(
    ("enable_tasks", "disable_tasks", "toggle_tasks", "run_tasks"), "O"
)

# Pages that are no row's.
WITHOUT_A_ROW = frozenset(
    {"changelist", "add", "import_customers", "preview_new", "sentence_new", "examine", "look_now", "columns"}
)
# An unsaved form is drawn; it is sent, and nothing is kept of it.
PREVIEWS = frozenset({"preview", "preview_new", "sentence", "sentence_new"})
# Addresses of the site itself.
OF_THE_SITE = frozenset(
    {
        "index",
        "login",
        "logout",
        "language",
        "search",
        "password_change",
        "password_change_done",
        "autocomplete",
        "jsi18n",
        "view_on_site",
        "app_list",
        None,
    }
)


def name_of(kind: str, page: str) -> str:
    """The name of a page's address."""
    return f"{kind}_{'change' if page == 'edit' else page}"
