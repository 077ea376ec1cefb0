namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Keeps what it is told, looks when it is told, and waits or fails as a test wants.</summary>
internal sealed class RecordingObserver : IAddressSpaceObserver
{
    public List<string> Told { get; } = [];

    /// <summary>For each invalidation whether only leaf entries changed.</summary>
    public List<bool> OnlyLeaves { get; } = [];

    public Action<AddressRange>? Look { get; init; }

    public Func<Task>? Wait { get; set; }

    public async ValueTask InvalidateAsync(AddressRange range, bool onlyLeaves)
    {
        Told.Add($"invalidate {range}");
        OnlyLeaves.Add(onlyLeaves);
        Look?.Invoke(range);
        await (Wait?.Invoke() ?? Task.CompletedTask);
    }

    public async ValueTask ReleaseAsync()
    {
        Told.Add("release");
        Look?.Invoke(new AddressRange(0, AddressRange.PageSize));
        await (Wait?.Invoke() ?? Task.CompletedTask);
    }
}
