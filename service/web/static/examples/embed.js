const place = document.getElementById("place");
const events = document.getElementById("events");

document.getElementById("start").addEventListener("submit", (event) => {
  event.preventDefault();
  const capture = document.createElement("card-capture");
  capture.setAttribute("token", document.getElementById("token").value.trim());
  capture.setAttribute("lang", "ja");
  for (const name of ["capture-progress", "capture-done", "capture-error"]) {
    capture.addEventListener(name, ({ detail }) => {
      const line = document.createElement("li");
      line.textContent = `${name} ${JSON.stringify(detail)}`;
      events.append(line);
    });
  }
  place.replaceChildren(capture);
});
