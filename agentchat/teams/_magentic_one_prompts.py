"""What the orchestrator of a MagenticOneGroupChat asks its model."""

FACTS = """A request has come in. Before anybody works on it, take stock of what is known.

The request:

{task}

Answer under four headings, and under no others:

    1. GIVEN OR VERIFIED FACTS - facts and figures that the request itself states; there may be none
    2. FACTS TO LOOK UP - what has to be found, and where it may be found
    3. FACTS TO DERIVE - what has to be worked out by reasoning, calculation or simulation
    4. EDUCATED GUESSES - what you recall or suspect, each marked as a guess

A fact here is a name, a date, a number and the like. Don't list next steps; a plan comes later."""

PLAN = """Good. Now the plan. This team can work on the request:

{team}

From the members and the facts, both known and missing, write a short list of steps that leads to an
answer. Nobody has to take part whose skills are not needed."""

LEDGER = """We work on this request:

{task}

This team works on it:

{team}

What is known so far:

{facts}

The plan to follow as well as possible:

{plan}"""

PROGRESS = """Remember the request:

{task}

And the team that works on it:

{team}

To move on, answer these questions, each with the reasons for your answer:

    - Is the request fully satisfied? (True when it is done, False when something is left to do)
    - Do we go round in circles, asking or answering the same things again, maybe over many turns?
    - Do we make progress? (True when just begun or recent messages add something, False when they
      show no movement, or an obstacle that can't be passed)
    - Who speaks next? (one of: {names})
    - What shall that member be told or asked? (speak to it directly; add what it needs to know)

Answer in pure JSON of this form and nothing else, no comment, no code fence:

    {{
       "is_request_satisfied": {{"reason": string, "answer": boolean}},
       "is_in_loop": {{"reason": string, "answer": boolean}},
       "is_progress_being_made": {{"reason": string, "answer": boolean}},
       "next_speaker": {{"reason": string, "answer": string (one of: {names})}},
       "instruction_or_question": {{"reason": string, "answer": string}}
    }}
"""

FACTS_UPDATE = """Less progress has been made than hoped. Rewrite the list of facts with all that
has been learnt since: guesses may have become facts, facts may need correction, and at least one
guess should be new or better founded, with the reason for it.

The request:

{task}

The old list of facts:

{facts}"""

PLAN_UPDATE = """Say in a sentence or two what went wrong in the last attempt, and why. Then write a
new plan, short and in steps, with hints that keep the same mistakes from happening again.
The team is the same, nobody from outside can help:

{team}"""

FINAL_ANSWER = """We have worked on this request:

{task}

The messages above are the whole work on it. Write the final answer, to the person who made the
request, from what was found."""
