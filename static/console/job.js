// The page of an import or export follows its progress; without script it reloads by itself.

const PAUSE_MS = 1500;

const job = document.getElementById("job");
const bar = job?.querySelector("progress");
const words = job?.querySelector("[data-words]");

async function look() {
  const response = await fetch(job.dataset.progress, { headers: { Accept: "application/json" } });
  if (!response.ok || response.redirected) throw new Error(String(response.status));
  const now = await response.json();
  if (["done", "failed"].includes(now.state) || now.kind !== job.dataset.kind) {
    location.reload(); // the page of what came of it
    return;
  }
  words.textContent = now.words;
  if (now.done && now.total) {
    bar.max = now.total;
    bar.value = Math.min(now.done, now.total);
  } else {
    bar.removeAttribute("value");
  }
  window.setTimeout(follow, PAUSE_MS);
}

function follow() {
  // Signed out, or no network: tried again, more slowly.
  look().catch(() => window.setTimeout(follow, 4 * PAUSE_MS));
}

if (job && bar && words) window.setTimeout(follow, PAUSE_MS);
