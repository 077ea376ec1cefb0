namespace IoAsid.Typed.Emulation;

/// <summary>A line, or a few, in the picture of a walk.</summary>
internal abstract record WalkStep
{
    private WalkStep()
    {
    }

    /// <summary>An entry was read.</summary>
    public sealed record Entry(SeenEntry Seen) : WalkStep;

    /// <summary>No memory answers.</summary>
    public sealed record Nothing(ulong Address, bool InSecondStage) : WalkStep;

    /// <summary>Under nesting: a guest address goes through the second stage.</summary>
    public sealed record Nested(ulong GuestAddress) : WalkStep;

    /// <summary>Under nesting: where it is in the host.</summary>
    public sealed record HostAddress(ulong Address) : WalkStep;
}
