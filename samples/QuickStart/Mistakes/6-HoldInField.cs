// Keep a hold for longer than its scope. What lives in a field is a reference.
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
