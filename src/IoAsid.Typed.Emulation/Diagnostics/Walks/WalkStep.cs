namespace IoAsid.Typed.Emulation;

/// <summary>A step of a walk, drawn as one or more lines of a picture.</summary>
internal abstract record WalkStep
{
    private WalkStep()
    {
    }

    /// <summary>The read of an entry.</summary>
    public sealed record Entry(WalkedEntry Walked) : WalkStep;

    /// <summary>A read at an address without memory.</summary>
    public sealed record NoMemory(ulong Address, bool InSecondStage) : WalkStep;

    /// <summary>With nested translation, the guest address that the second stage translates next.</summary>
    public sealed record GuestAddress(ulong Address) : WalkStep;

    /// <summary>With nested translation, the host address of the last guest address.</summary>
    public sealed record HostAddress(ulong Address) : WalkStep;
}
