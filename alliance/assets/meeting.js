/* The shared screen of a meeting: the arrow keys turn to the item before and after, and the time
   that an item has used is counted in this browser. Nothing depends on it. */
(function () {
    "use strict";

    function isTyping(target) {
        return Boolean(target.closest("input, textarea, select, [tabindex='0'], [role='group']"));
    }

    document.addEventListener("keydown", (event) => {
        const ids = { ArrowLeft: "meeting-previous", ArrowRight: "meeting-next" };
        if (!ids[event.key] || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
        if (isTyping(event.target)) { return; }
        const way = document.getElementById(ids[event.key]);
        if (way) { event.preventDefault(); way.click(); }
    });

    function words(seconds) {
        return Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
    }

    window.setInterval(() => {
        const clock = document.getElementById("meeting-clock");
        const used = document.getElementById("meeting-used");
        if (!clock || !used) { return; }
        const key = "meeting-clock-" + clock.dataset.item;
        const seconds = Number(window.sessionStorage.getItem(key) || 0) + 1;
        const given = 60 * Number(clock.dataset.minutes);
        window.sessionStorage.setItem(key, String(seconds));
        used.textContent = (given && seconds > given ? "⚠ " + words(seconds - given) + " over: " : "") + words(seconds) + " used";
        clock.hidden = false;
    }, 1000);
}());
