namespace IoAsid.Typed.Linux;

/// <summary>An event that a guest has to see, or the report that events were lost.</summary>
/// <param name="Sequence">The number of the event. A gap to the one before shows events that were lost.</param>
/// <param name="AreLost">True if this reports that events before it were lost. It has no data then.</param>
/// <param name="Data">The event in the format of its type.</param>
public sealed record VirtualEvent(uint Sequence, bool AreLost, ReadOnlyMemory<byte> Data);
