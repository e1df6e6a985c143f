/*
 * Runs before everything else and in every browser, however old: a plain script, in plain old JavaScript. It says what
 * this device lacks to be a till; and whatever goes wrong unforeseen later on ends in an offer to reload, never in a
 * button that does nothing.
 */

(function () {
  "use strict";

  var root = document.documentElement;

  /** What the terminal cannot do without, by the names that a technician looks for. */
  function missing() {
    var needed = {
      HTTPS: window.isSecureContext,
      modules: "noModule" in document.createElement("script"),
      IndexedDB: "indexedDB" in window,
      "Web Locks": navigator.locks,
      OffscreenCanvas: window.OffscreenCanvas,
      BroadcastChannel: window.BroadcastChannel,
      "Web Crypto": window.crypto && window.crypto.subtle && window.crypto.randomUUID,
      dialog: window.HTMLDialogElement,
      structuredClone: window.structuredClone,
      "AbortSignal.timeout": window.AbortSignal && window.AbortSignal.timeout
    };
    return Object.keys(needed).filter(function (name) {
      return !needed[name];
    });
  }

  function offerReload() {
    var fault = document.getElementById("fault");
    if (root.dataset.lacks || fault.open) return;
    if (fault.showModal) fault.showModal();
  }

  function listen() {
    document.getElementById("fault-reload").addEventListener("click", function () {
      location.reload();
    });
    document.getElementById("fault-close").addEventListener("click", function () {
      document.getElementById("fault").close();
    });
    window.addEventListener(
      "error",
      function (event) {
        if (event.error || event.target.id === "terminal-script") offerReload();
      },
      true
    );
    window.addEventListener("unhandledrejection", offerReload);
  }

  document.getElementById("not-started").hidden = true;
  var lacks = missing();
  if (lacks.length) {
    root.dataset.lacks = lacks.join(", ");
    document.getElementById("lacks-what").textContent = root.dataset.lacks;
    document.getElementById("lacks").hidden = false;
  }
  listen();
})();
