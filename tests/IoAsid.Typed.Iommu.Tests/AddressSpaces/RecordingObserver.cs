namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Keeps what it is told, looks when it is told, and waits or fails as a test wants.</summary>
internal sealed class RecordingObserver : IAddressSpaceObserver
{
    public List<string> Told { get; } = [];

    public Action<AddressRange>? Look { get; init; }

    public Func<Task>? Wait { get; set; }

    public async ValueTask InvalidateAsync(AddressRange range)
    {
        Told.Add($"invalidate {range}");
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
