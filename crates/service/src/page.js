// Sends the case in the form, and shows the decision in words.
const element = name => document.getElementById(name);
const add = (parent, tag, text) => {
  const made = document.createElement(tag);
  made.textContent = text;
  parent.append(made);
  return made;
};
const list = (parent, heading, items) => {
  if (items.length === 0) return;
  add(parent, 'h3', heading);
  const made = add(parent, 'ul', '');
  items.forEach(item => add(made, 'li', item));
};
const words = value => Array.isArray(value) ? value.join(', ') : String(value);

element('sample').addEventListener('change', event => {
  element('case').value = event.target.value;
});
element('try').addEventListener('submit', async event => {
  event.preventDefault();
  const answer = element('answer');
  let told;
  try {
    const sent = await fetch('/decide', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: element('case').value,
    });
    told = await sent.json();
  } catch (error) {
    told = { title: 'The service does not answer', detail: String(error) };
  }
  answer.replaceChildren();
  if (!told.outcome) {
    add(answer, 'h3', told.title);
    add(answer, 'p', told.detail);
    return;
  }
  const outcome = Object.entries(told.outcome).filter(([, value]) => value !== null && words(value) !== '');
  list(answer, 'What it asks for', outcome.map(([name, value]) => `${name}: ${words(value)}`));
  list(answer, 'Why', told.fired.map(fired => fired.because));
  list(answer, 'What to ask next', told.questions.map(question => question.ask));
  list(answer, 'What would soon matter', told.near.map(near => `${near.rule}: ${near.needs}`));
  const at = told.served.recorded ? `recorded at place ${told.served.place}` : told.served.queued ? 'waits to be recorded' : 'not recorded';
  add(answer, 'p', `Under ${told.policy.name}, ${at}.`);
});
