namespace IoAsid.Typed.Iommu.Tests;

/// <summary>An observer that records its calls, runs the code of a test in each call, and then waits or fails.</summary>
internal sealed class RecordingObserver : IAddressSpaceObserver
{
    public List<string> Calls { get; } = [];

    /// <summary>The argument of each invalidation that is true if only leaf entries changed.</summary>
    public List<bool> OnlyLeaves { get; } = [];

    public Action<AddressRange>? OnCall { get; init; }

    public Func<Task>? Wait { get; set; }

    public async ValueTask InvalidateAsync(AddressRange range, bool onlyLeaves)
    {
        Calls.Add($"invalidate {range}");
        OnlyLeaves.Add(onlyLeaves);
        OnCall?.Invoke(range);
        await (Wait?.Invoke() ?? Task.CompletedTask);
    }

    public async ValueTask ReleaseAsync()
    {
        Calls.Add("release");
        OnCall?.Invoke(new AddressRange(0, AddressRange.PageSize));
        await (Wait?.Invoke() ?? Task.CompletedTask);
    }
}
