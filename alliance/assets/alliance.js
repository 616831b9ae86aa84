/* What the browser does without the server: tabs kept in the address, the list filtered,
   and the focus kept when a choice redraws a page. */

window.dash_clientside = window.dash_clientside || {};

(function () {
    "use strict";

    function setParameter(name, value, standard) {
        const url = new URL(window.location.href);
        if (!value || value === standard) {
            url.searchParams.delete(name);
        } else {
            url.searchParams.set(name, value);
        }
        window.history.replaceState(window.history.state, "", url);
    }

    window.dash_clientside.alliance = {
        /* In the order of TABS of the indicator's page; one that the page lacks is undefined. */
        keep_tabs: function () {
            ["ranked", "trend", "funnel", "spread", "map", "breakdown"].forEach(
                (name, place) => setParameter(name, arguments[place], "chart")
            );
            window.setTimeout(function () { window.dispatchEvent(new Event("resize")); }, 0);
        },
        filter_grid: function (words) {
            setParameter("q", words, "");
            return { quickFilterText: words || "" };
        },
    };

    /* A choice redraws the page, and what had the focus goes with the old page. Give the focus to
       what has the same id now, or where there is nothing (another page) to the main content. */
    let held = null;

    function keepFocus() {
        if (!held || held.isConnected || document.activeElement !== document.body) { return; }
        const again = (held.id && document.getElementById(held.id)) || document.getElementById("main-content");
        if (again) { again.focus({ preventScroll: true }); }
    }

    document.addEventListener("focusin", function (event) { held = event.target; });
    document.addEventListener("focusout", function () {
        window.setTimeout(function () {
            if (held && held.isConnected && document.activeElement === document.body) { held = null; }
        }, 0);
    });
    new MutationObserver(keepFocus).observe(document.body, { childList: true, subtree: true });
})();
