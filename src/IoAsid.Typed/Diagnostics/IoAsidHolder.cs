using IoAsid.Typed.Core;

namespace IoAsid.Typed;

/// <summary>The kinds of reference that keep an id.</summary>
public enum IoAsidHolderKind
{
    /// <summary>An <see cref="IoAsidHold{TData}"/>, in a scope.</summary>
    Hold,

    /// <summary>An <see cref="IoAsidReference"/>.</summary>
    Reference,

    /// <summary>An <see cref="IoAsidBinding"/>, on behalf of hardware.</summary>
    Binding,
}

/// <summary>A holder of an id. Recorded in spaces with <see cref="IoAsidSpaceOptions.TrackHolders"/>.</summary>
public sealed class IoAsidHolder
{
    private static readonly string[] OwnFrames =
        [" System.Environment.", " IoAsid.Typed.IoAsid", " IoAsid.Typed.Core.", " IoAsid.Typed.Lifetime.", " IoAsid.Typed.Sets."];

    internal IoAsidHolder(IoAsidHolderKind kind, object? device)
    {
        Kind = kind;
        Device = device;
        // The runtime takes locks to describe the stack.
        TakenAt = Uninterrupted.Run(0, 0, static (_, _) => Environment.StackTrace);
        ThreadId = Environment.CurrentManagedThreadId;
    }

    /// <summary>The kind of reference.</summary>
    public IoAsidHolderKind Kind { get; }

    /// <summary>The device of a binding, if it has one.</summary>
    public object? Device { get; }

    /// <summary>The stack trace of the call that took the reference.</summary>
    public string TakenAt { get; }

    /// <summary>The id of the thread that took the reference.</summary>
    public int ThreadId { get; }

    /// <summary>Returns the kind, the device and the first line of the stack outside this library.</summary>
    public override string ToString() =>
        $"{Kind}{(Device is null ? "" : $" for {Device}")} taken by thread {ThreadId} {FirstForeignFrame()}";

    private string FirstForeignFrame()
    {
        foreach (string line in TakenAt.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (!OwnFrames.Any(own => line.Contains(own, StringComparison.Ordinal)))
                return line;
        }

        return "at an unknown place";
    }
}
