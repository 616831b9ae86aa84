/* Says of each table that scrolls on its own on which side there is more of it, for the style that
   fades it there; and of a rug that is no wider than its place that it need not scroll at all. */

(function () {
    "use strict";

    const SLACK = 4;

    function look(place) {
        const table = place.firstElementChild;
        const whole = place.classList.contains("rug-scroll") && table && table.offsetWidth <= place.clientWidth;
        place.toggleAttribute("data-whole", Boolean(whole));
        const right = place.scrollWidth - place.clientWidth - place.scrollLeft > SLACK;
        const below = place.scrollHeight - place.clientHeight - place.scrollTop > SLACK;
        const more = whole ? "" : [right ? "right" : "", below ? "below" : ""].join(" ").trim();
        if (more) { place.setAttribute("data-more", more); } else { place.removeAttribute("data-more"); }
    }

    const watch = new ResizeObserver((entries) => entries.forEach((entry) => look(entry.target)));
    const met = new WeakSet();

    function meet() {
        document.querySelectorAll(".table-scroll").forEach((place) => {
            if (met.has(place)) { return; }
            met.add(place);
            place.addEventListener("scroll", () => look(place), { passive: true });
            watch.observe(place);
        });
    }

    new MutationObserver(meet).observe(document.documentElement, { childList: true, subtree: true });
}());
