/* On a telephone the header is one row: its button opens search, who one is and the pages. Whether it is
   open stands in the button's aria-expanded alone, from which the style follows. */
(function () {
    "use strict";

    function button() {
        return document.querySelector(".menu-button");
    }

    function set(open) {
        const found = button();
        if (found) { found.setAttribute("aria-expanded", String(open)); }
    }

    document.addEventListener("click", (event) => {
        if (event.target.closest(".menu-button")) {
            set(button().getAttribute("aria-expanded") !== "true");
        } else if (event.target.closest(".header-menu a")) {
            set(false);
        }
    });

    document.addEventListener("keydown", (event) => {
        const inside = event.target.closest && event.target.closest(".header-menu, .menu-button");
        if (event.key === "Escape" && inside && button().getAttribute("aria-expanded") === "true") {
            set(false);
            button().focus();
        }
    });

    window.addEventListener("popstate", () => set(false));
}());
