/* An address that ends with #id scrolls there once the page is drawn; a view is saved with the
   address that the browser shows; authorities chosen by hand are kept in the address. */

window.dash_clientside = window.dash_clientside || {};

(function () {
    "use strict";

    /* A page is drawn in parts: charts push what lies below them down. So the section is held at
       the top of the window until all has been still for a while, or the reader moves. */
    const HOLD = 2500;
    let goal = null;

    function aim() {
        let id = "";
        try {
            id = decodeURIComponent(window.location.hash.slice(1));
        } catch (error) {
            id = window.location.hash.slice(1);
        }
        goal = id ? { id: id, until: Infinity } : null;
        hold();
    }

    function hold() {
        if (!goal) { return; }
        const section = document.getElementById(goal.id);
        if (!section) { return; }
        if (goal.until === Infinity) {
            goal.until = performance.now() + HOLD;
            window.setTimeout(hold, HOLD - 100);
        }
        if (performance.now() > goal.until) {
            goal = null;
            return;
        }
        section.scrollIntoView({ block: "start", behavior: "instant" });
        if (document.activeElement === document.body && !section.matches("a, button, input")) {
            section.setAttribute("tabindex", "-1");
            section.focus({ preventScroll: true });
        }
    }

    ["wheel", "touchstart", "pointerdown", "keydown"].forEach(function (kind) {
        window.addEventListener(kind, function () { goal = null; }, { passive: true, capture: true });
    });
    ["hashchange", "popstate", "_dashprivate_pushstate"].forEach(function (kind) {
        window.addEventListener(kind, aim);
    });
    new MutationObserver(hold).observe(document.body, { childList: true, subtree: true });
    new ResizeObserver(hold).observe(document.body);
    aim();

    /* The tabs that are open, and the section, are in the browser's address alone. */
    document.addEventListener("submit", function (event) {
        const field = event.target.matches("form.save-view") && event.target.elements.address;
        if (field) {
            const here = window.location;
            field.value = here.pathname + here.search + here.hash;
        }
    }, true);

    window.dash_clientside.alliance = Object.assign(window.dash_clientside.alliance || {}, {
        choose_codes: function (codes, ...links) {
            const here = new URL(window.location.href);
            const chosen = (codes || []).join("-");
            if (chosen) {
                here.searchParams.set("codes", chosen);
            } else {
                here.searchParams.delete("codes");
            }
            window.history.replaceState(window.history.state, "", here);
            return [chosen ? "" : "none-chosen"].concat(links.map(function (link) {
                const url = new URL(link, window.location.origin);
                if (chosen) {
                    url.searchParams.set("scope", "codes-" + chosen);
                } else {
                    url.searchParams.delete("scope");
                }
                return url.pathname + url.search;
            }));
        },
    });
})();
