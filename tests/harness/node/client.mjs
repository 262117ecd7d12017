// Asks an endpoint through the npm package `openai`, and prints what came as JSON.
import OpenAI from "openai";

const client = new OpenAI();
const model = "gpt-4o";
const messages = [{ role: "user", content: "Hi" }];

async function all(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return pieces;
}

const asks = {
  async chat() {
    const answer = await client.chat.completions.create({ model, messages });
    return answer.choices[0].message.content;
  },
  async chat_stream() {
    const chunks = await all(
      await client.chat.completions.create({ model, messages, stream: true }),
    );
    return chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? "").join("");
  },
  async tools() {
    const runner = client.chat.completions.runTools({
      model,
      messages,
      tools: [
        {
          type: "function",
          function: {
            name: "add",
            parameters: { type: "object", properties: {} },
            parse: JSON.parse,
            function: ({ a, b }) => `${a + b}`,
          },
        },
      ],
    });
    return runner.finalContent();
  },
  async responses() {
    return (await client.responses.create({ model, input: "Hi" })).output_text;
  },
  async responses_stream() {
    const stream = client.responses.stream({ model, input: "Hi" });
    const events = await all(stream);
    const final = await stream.finalResponse();
    return [events.at(-1).type, final.output_text];
  },
  async embeddings() {
    const answer = await client.embeddings.create({ model, input: "a cat", dimensions: 4 });
    return answer.data[0].embedding.length;
  },
  async models() {
    return (await all(client.models.list())).map((each) => each.id);
  },
};

const told = {};
for (const name of process.env.ASK.split(" ")) {
  try {
    told[name] = await asks[name]();
  } catch (error) {
    told[name] = { status: error.status, code: error.code, message: error.message };
  }
}
console.log(JSON.stringify(told));
