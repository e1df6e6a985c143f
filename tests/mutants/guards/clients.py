"""The clients and the example till: a call is done once, a key goes nowhere else, the forged is not believed."""

from tests.mutants.mutant import mutant

DAY = "tests/clients/test_python.py::test_a_day_at_the_till"
ELSEWHERE = "tests/clients/test_python.py::test_a_key_goes_nowhere_else_whoever_says_so"
PATIENCE = "tests/clients/test_python.py::test_what_asks_for_more_patience_than_there_is_is_told_at_once"
BELIEVED = "tests/clients/test_python.py::test_a_message_is_believed_if_one_of_the_secrets_signed_it"
TYPESCRIPT = (
    "tests/clients/test_typescript.py::test_it_sells_once_refuses_by_code_and_believes_what_is_signed"
)
OUTAGE = "tests/clients/test_till.py::test_it_sells_through_an_outage_and_nothing_is_booked_twice"
REFUSED = "tests/clients/test_till.py::test_what_is_refused_is_told_and_keeps_nothing_else_waiting"
HEARD = "tests/clients/test_till.py::test_it_hears_what_happens_once"
PYTHON, NODE, TILL = "clients/python/loyalty_client", "clients/typescript", "examples/till"
FRESH = "self._request(method, path, query, body, str(uuid4()) if is_once else None, staff_token)"
UNPROVED = '{"id": self.headers["webhook-id"] or "", "data": {}, **__import__("json").loads(body)}'

MUTANTS = [
    # --- Python ---
    mutant(
        "another-key-each-time", f"{PYTHON}/client.py", "self._sent(request)", f"self._sent({FRESH})", DAY
    ),
    mutant(
        "repeated-without-a-key",
        f"{PYTHON}/client.py",
        'self.attempts if is_once or method == "GET" else 1',
        "self.attempts",
        DAY,
    ),
    mutant(
        "key-follows-a-redirect",
        f"{PYTHON}/client.py",
        "build_opener(_NoRedirect)",
        "build_opener()",
        ELSEWHERE,
    ),
    mutant("patience-without-end", f"{PYTHON}/client.py", " or wait > self.patience", "", PATIENCE),
    mutant(
        "retry-after-unheard",
        f"{PYTHON}/client.py",
        "problem.retry_after if problem.retry_after is not None else pause",
        "pause",
        PATIENCE,
    ),
    mutant(
        "message-of-long-ago", f"{PYTHON}/webhooks.py", "abs(age) > TOLERANCE", "-age > TOLERANCE", BELIEVED
    ),
    mutant(
        "message-ahead-of-time", f"{PYTHON}/webhooks.py", "abs(age) > TOLERANCE", "age > TOLERANCE", BELIEVED
    ),
    mutant("message-unsigned", f"{PYTHON}/webhooks.py", "if not any(hmac", "if False and any(hmac", BELIEVED),
    mutant(
        "only-the-first-secret",
        f"{PYTHON}/webhooks.py",
        "for one in wanted ",
        "for one in wanted[:1] ",
        BELIEVED,
    ),
    mutant("secret-that-is-none", f"{PYTHON}/webhooks.py", ", validate=True", "", BELIEVED),
    # --- TypeScript ---
    mutant(
        "another-key-each-time-in-typescript",
        f"{NODE}/index.js",
        "await this.#sent(method, path, { query, body, key,",
        "await this.#sent(method, path, { query, body, key: isOnce ? crypto.randomUUID() : undefined,",
        TYPESCRIPT,
    ),
    mutant(
        "repeated-without-a-key-in-typescript",
        f"{NODE}/index.js",
        'isOnce || method === "GET" ? this.attempts : 1',
        "this.attempts",
        TYPESCRIPT,
    ),
    mutant(
        "key-follows-a-redirect-in-typescript",
        f"{NODE}/index.js",
        'redirect: "manual"',
        'redirect: "follow"',
        TYPESCRIPT,
    ),
    mutant(
        "message-of-long-ago-in-typescript",
        f"{NODE}/webhooks.js",
        "Math.abs(now - Number(sent)) > TOLERANCE",
        "Number(sent) - now > TOLERANCE",
        TYPESCRIPT,
    ),
    mutant(
        "message-unsigned-in-typescript",
        f"{NODE}/webhooks.js",
        'if (await crypto.subtle.verify("HMAC", key, bytes(signature.slice(3)), content)) {',
        "if (key) {",
        TYPESCRIPT,
    ),
    # --- the example's till ---
    mutant(
        "sale-under-another-key",
        f"{TILL}/till.py",
        'card["id"], body, idempotency_key=entry.key',
        'card["id"], body',
        OUTAGE,
    ),
    mutant(
        "sale-not-written-down",
        f"{TILL}/journal.py",
        "INSERT INTO calls (key, kind, about, body) VALUES (?, ?, ?, ?)",
        "INSERT INTO calls (key, kind, about, body, state) VALUES (?, ?, ?, ?, 'done')",
        OUTAGE,
    ),
    mutant(
        "sale-given-up-for-its-till",
        f"{TILL}/till.py",
        " or isinstance(refusal, NO_KEY)",
        "",
        REFUSED,
    ),
    mutant("sale-that-may-pass-given-up", f"{TILL}/till.py", "if is_passing(refusal):", "if False:", REFUSED),
    mutant(
        "event-heard-twice",
        f"{TILL}/journal.py",
        "ON CONFLICT DO NOTHING",
        "ON CONFLICT (id) DO UPDATE SET type = excluded.type",
        HEARD,
    ),
    mutant(
        "forged-event-heard",
        f"{TILL}/receiver.py",
        "verify(body, dict(self.headers), self.secrets)",
        UNPROVED,
        HEARD,
    ),
]
