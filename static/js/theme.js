// Before the first paint: the chosen background, else the one of the device.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem("theme");
  } catch (e) {
    /* storage refused: follow the device */
  }
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function show() {
    document.documentElement.setAttribute("data-bs-theme", chosen || (dark.matches ? "dark" : "light"));
  }
  show();
  dark.addEventListener("change", show);
  window.switchTheme = function () {
    chosen = document.documentElement.getAttribute("data-bs-theme") === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", chosen);
    } catch (e) {
      /* holds for this page only */
    }
    show();
  };
})();
