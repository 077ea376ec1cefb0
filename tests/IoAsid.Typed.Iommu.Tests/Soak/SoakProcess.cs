using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A process of the soak with its bonds, and an area whose pages take time to fill.</summary>
internal sealed class SoakProcess : IPageSource
{
    private const ulong SlowPages = 16;
    private static readonly TimeSpan[] Times = [TimeSpan.Zero, TimeSpan.FromMicroseconds(30), TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(2)];

    private readonly IScheduler _scheduler;
    private readonly ulong _slow;
    private int _fills;

    public SoakProcess(TestProcess process, IScheduler scheduler)
    {
        Process = process;
        _scheduler = scheduler;
        _slow = process.Memory.Map(SlowPages * AddressRange.PageSize, MemoryRights.ReadWrite, source: this).Range.Start;
    }

    public TestProcess Process { get; }

    public List<(SvaBond Bond, int Device)> Bonds { get; } = [];

    /// <summary>The number of submitters that are submitting work of the process and repeat it while queues are full.</summary>
    public int Submitters { get; set; }

    /// <summary>Returns a page of one of the two areas. Most pages need no source.</summary>
    public ulong PageAt(int page) => page % 8 == 7 ? _slow + (ulong)page / 8 % SlowPages * AddressRange.PageSize : Process.PageAt(page % 56);

    public async ValueTask FillAsync(ulong address, Memory<byte> page)
    {
        int fill = _fills++;
        await _scheduler.Delay(Times[fill % Times.Length]);
        if (fill % 5 == 4)
            throw new IOException("The disk failed.");
    }
}
