namespace IoAsid.Typed.Linux;

/// <summary>The address ranges of an address space that can be mapped at the moment.</summary>
/// <param name="Allowed">The ranges, ascending.</param>
/// <param name="Alignment">The alignment of the addresses and lengths of mappings, in bytes.</param>
public sealed record IovaRanges(IReadOnlyList<IovaRange> Allowed, ulong Alignment);
