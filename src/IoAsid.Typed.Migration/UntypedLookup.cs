namespace IoAsid.Typed.Migration;

/// <summary>The untyped, global lookup of the 2019 proposal, for code on its way to typed sets.</summary>
public static class UntypedLookup
{
    /// <summary>Shell, to be completed.</summary>
    [UntypedIoAsidLookup]
    public static object? Find(IoAsidSpace space, IoAsidSet? set, RawIoAsid id, Func<object?, bool>? getter) => throw new NotImplementedException();
}
