// Applies the theme that src/theme/theme.ts keeps, before anything is painted. Without a choice the system decides.
(() => {
  try {
    const theme = localStorage.getItem("playhead.theme");
    if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  } catch {
    // A browser that keeps nothing has nothing to apply.
  }
})();
