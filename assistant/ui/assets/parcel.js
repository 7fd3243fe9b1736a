// Runs once. Every parcel of the server goes to the conversation, the one that was here before this script included.
const deliver = () => {
  const parcel = element.querySelector("[data-markup]");
  if (!parcel) return;
  window.receive ? window.receive(parcel) : setTimeout(deliver, 20);  // the conversation's own script may still be on its way
};
watch("value", deliver);
deliver();
