namespace IoAsid.Typed.Linux;

/// <summary>The handle of a fault queue.</summary>
internal sealed class FaultQueueHandle(FileHandle iommufd) : ObjectHandle(iommufd)
{
    /// <summary>The wait of a queue that was disposed and refuses arriving requests. It ends before the file is closed.</summary>
    public Readiness? Refusal { get; set; }

    private protected override void BeforeDestroy() => Refusal?.Close();
}
