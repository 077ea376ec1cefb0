// Keep a hold after the end of its scope. A field keeps a reference instead.
using IoAsid.Typed;
using QuickStart.RunTime;

internal sealed class FaultInProgress
{
#if MISTAKE
    public IoAsidHold<SvaBinding> Pasid { get; init; }
#else
    public required IoAsidReference<SvaBinding> Pasid { get; init; }
#endif
}
