import TraceBuilder

/// Gateways between clients and models, as libraries and as servers.
extension Dialect {
    static let gateways: [Dialect] = [
        Dialect(
            "gateway as a library",
            [
                span(
                    "raw_gen_ai_request", 1, below: 2, seconds: 0.5,
                    ["llm.openai.model": "gpt-4o", "llm.openai.messages": "[]"]),
                span(
                    "litellm_request", 2, status: .ok,
                    [
                        "llm.request.type": "acompletion", "gen_ai.system": "openai",
                        "gen_ai.request.model": "gpt-4o",
                        "gen_ai.response.id": "c7", "gen_ai.usage.input_tokens": 36,
                        "gen_ai.usage.output_tokens": 48, "gen_ai.usage.total_tokens": 84,
                        "gen_ai.cost.input_cost": 0.25, "gen_ai.cost.output_cost": 0.5,
                        "gen_ai.cost.total_cost": 0.75,
                    ]),
                // The same, logged again.
                span(
                    "litellm_request", 3, status: .ok,
                    [
                        "llm.request.type": "acompletion", "gen_ai.system": "openai",
                        "gen_ai.request.model": "gpt-4o",
                        "gen_ai.response.id": "c7", "gen_ai.usage.input_tokens": 36,
                        "gen_ai.usage.output_tokens": 48, "gen_ai.usage.total_tokens": 84,
                        "gen_ai.cost.input_cost": 0.25, "gen_ai.cost.output_cost": 0.5,
                        "gen_ai.cost.total_cost": 0.75,
                    ]),
                // Nobody knew its price.
                span(
                    "litellm_request", 4, status: .ok, at: 2,
                    [
                        "llm.request.type": "acompletion", "gen_ai.request.model": "own",
                        "gen_ai.response.id": "c8",
                        "gen_ai.usage.input_tokens": 3, "gen_ai.cost.input_cost": 0,
                        "gen_ai.cost.output_cost": 0,
                        "gen_ai.cost.total_cost": 0,
                    ]),
            ], Truth(calls: 2, input: 39, output: 48, cost: 0.75, unpriced: 1)),
        Dialect(
            "gateway as a server",
            [
                span("raw_gen_ai_request", 1, below: 2, seconds: 0.5, ["llm.openai.messages": "[]"]),
                span(
                    "Received Proxy Server Request", 2, kind: .server,
                    [
                        "llm.request.type": "acompletion", "gen_ai.operation.name": "chat",
                        "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 3,
                        "gen_ai.cost.total_cost": 0.5,
                    ]),
                span(
                    "litellm_request", 3, below: 4, at: 1, seconds: 0.5,
                    [
                        "llm.request.type": "acompletion", "gen_ai.request.model": "m",
                        "gen_ai.usage.input_tokens": 4, "gen_ai.cost.total_cost": 0.5,
                    ]),
                span(
                    "Received Proxy Server Request", 4, kind: .server, at: 1,
                    [
                        "llm.request.type": "acompletion", "gen_ai.request.model": "m",
                        "gen_ai.usage.input_tokens": 4, "gen_ai.cost.total_cost": 0.5,
                    ]),
            ], Truth(calls: 2, input: 7, cost: 1)),
    ]
}
