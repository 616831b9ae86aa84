/* What the browser does without the server: tabs and the order of grids kept in the address, the
   list filtered, and the focus kept when a choice redraws a page. */

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
        keep_profile_tab: function (open) {
            setParameter("profile", open, "chart");
            window.setTimeout(function () { window.dispatchEvent(new Event("resize")); }, 0);
        },
        filter_grid: function (words) {
            setParameter("q", words, "");
            return { quickFilterText: words || "" };
        },
    };

    /* How each grid is sorted stands in the address, as `sort=grid.column.direction`, several with a
       ~ between them; a grid that is drawn anew is sorted as the address says. */
    const known = new WeakSet();

    function readSorts() {
        const text = new URL(window.location.href).searchParams.get("sort") || "";
        return text.split("~").map((part) => part.split(".")).filter((part) => part.length === 3);
    }

    function keepSort(id, api) {
        const others = readSorts().filter((part) => part[0] !== id && document.getElementById(part[0]));
        const own = api.getColumnState().filter((column) => column.sort)
            .sort((a, b) => a.sortIndex - b.sortIndex)
            .map((column) => [id, column.colId, column.sort]);
        setParameter("sort", others.concat(own).map((part) => part.join(".")).join("~"), "");
    }

    function followSort(id, api) {
        if (known.has(api)) { return; }
        known.add(api);
        const state = readSorts().filter((part) => part[0] === id)
            .map((part, place) => ({ colId: part[1], sort: part[2], sortIndex: place }));
        if (state.length) { api.applyColumnState({ state: state, defaultState: { sort: null } }); }
        api.addEventListener("sortChanged", function () { keepSort(id, api); });
    }

    function followGrids() {
        document.querySelectorAll(".grid[id]").forEach(function (grid) {
            if (!window.dash_ag_grid || !grid.querySelector(".ag-root-wrapper")) { return; }
            window.dash_ag_grid.getApiAsync(grid.id).then(function (api) { followSort(grid.id, api); });
        });
    }
    new MutationObserver(followGrids).observe(document.body, { childList: true, subtree: true });

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
