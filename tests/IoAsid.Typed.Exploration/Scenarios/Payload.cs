namespace IoAsid.Typed.Exploration.Scenarios;

/// <summary>Data with the name of its owner.</summary>
internal sealed record Payload(string Of);
