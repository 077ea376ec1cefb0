namespace IoAsid.Typed;

/// <summary>What kind of reference keeps an id.</summary>
public enum IoAsidHolderKind
{
    /// <summary>An <see cref="IoAsidHold{TData}"/>, in a scope.</summary>
    Hold,

    /// <summary>An <see cref="IoAsidReference"/>.</summary>
    Reference,

    /// <summary>An <see cref="IoAsidBinding"/>, on behalf of hardware.</summary>
    Binding,
}

/// <summary>Somebody who holds an id. Recorded in spaces with <see cref="IoAsidSpaceOptions.TrackHolders"/>.</summary>
public sealed class IoAsidHolder
{
    private static readonly string[] OwnFrames =
        [" System.Environment.", " IoAsid.Typed.IoAsid", " IoAsid.Typed.Core.", " IoAsid.Typed.Lifetime.", " IoAsid.Typed.Sets."];

    internal IoAsidHolder(IoAsidHolderKind kind, object? device)
    {
        Kind = kind;
        Device = device;
        TakenAt = Environment.StackTrace;
        ThreadId = Environment.CurrentManagedThreadId;
    }

    /// <summary>What kind of reference it is.</summary>
    public IoAsidHolderKind Kind { get; }

    /// <summary>The device of a binding, if it named one.</summary>
    public object? Device { get; }

    /// <summary>The stack when it was taken.</summary>
    public string TakenAt { get; }

    /// <summary>The thread that took it.</summary>
    public int ThreadId { get; }

    /// <summary>The kind, the device and the first line of the stack outside this library.</summary>
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
