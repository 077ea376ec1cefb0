namespace IoAsid.Typed.Exploration.Scenarios;

/// <summary>Data that tells whose it is.</summary>
internal sealed record Payload(string Of);
