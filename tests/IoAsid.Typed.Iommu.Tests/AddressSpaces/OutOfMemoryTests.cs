namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Each allocation of each operation fails once: the state is as it was before.</summary>
public sealed class OutOfMemoryTests
{
    private const ulong Base = ProcessBench.Base;
    private const ulong Page = ProcessBench.Page;
    private const ulong Large = ProcessBench.Large;

    public static TheoryData<string> Operations { get; } =
        ["zeros", "source", "access", "unmap inside a large page", "unmap across large pages", "protect inside a large page"];

    [Theory]
    [MemberData(nameof(Operations))]
    public void An_allocation_that_fails_changes_nothing(string operation)
    {
        int failures = 0;
        for (int index = 0; ; index++)
        {
            ProcessBench bench = Prepared();
            string before = bench.Everything;
            ProcessBench.Refusal refusal = bench.RefuseAt(index);

            bool succeeded = bench.Machine.Run(() => TryRun(bench.Process, operation));

            Assert.NotEqual(refusal.Happened, succeeded);
            if (succeeded)
                break;
            failures++;
            Assert.Equal(before, bench.Everything);
            bench.Frames.InjectFaults(null);
            Assert.True(bench.Machine.Run(() => TryRun(bench.Process, operation)));
            bench.Machine.Run(() => bench.Process.ExitAsync().AsTask());
            Assert.Equal(0, bench.Frames.InUse);
        }

        Assert.True(failures > 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Without_memory_for_a_large_page_or_its_tables_small_ones_come_in(int refused)
    {
        ProcessBench bench = new();
        bench.Process.Map(Large, MemoryRights.ReadWrite, Base, largePages: true);
        bench.RefuseAt(refused);

        Assert.Equal(PageFaultOutcome.Handled, bench.Fault(Base + Page));
        Assert.Equal(1, bench.Process.ResidentPages);
        // There is memory again, and no room: what is there stays.
        Assert.Equal(PageFaultOutcome.Handled, bench.Fault(Base));
        Assert.Equal(2, bench.Process.ResidentPages);

        bench.Machine.Run(() => bench.Process.ExitAsync().AsTask());
        Assert.Equal(0, bench.Frames.InUse);
    }

    [Fact]
    public void A_process_without_a_table_is_refused()
    {
        ProcessBench bench = new();
        bench.RefuseAt(0);

        Assert.Throws<IommuException>(() => new ProcessAddressSpace(bench.Machine.Memory, bench.Frames, "another"));
        Assert.Equal(1, bench.Frames.InUse);
    }

    /// <summary>Two large pages that are there, and small ones elsewhere that are not.</summary>
    private static ProcessBench Prepared()
    {
        ProcessBench bench = new();
        bench.Process.Map(2 * Large, MemoryRights.ReadWrite, Base, largePages: true);
        bench.Process.Map(Page, MemoryRights.ReadWrite, 2 * Base);
        GatedSource source = new();
        source.Open();
        bench.Process.Map(Page, MemoryRights.ReadWrite, 3 * Base, source);
        Assert.Equal(PageFaultOutcome.Handled, bench.Fault(Base));
        Assert.Equal(PageFaultOutcome.Handled, bench.Fault(Base + Large));
        return bench;
    }

    private static async Task<bool> TryRun(ProcessAddressSpace process, string operation)
    {
        try
        {
            return await Run(process, operation) == PageFaultOutcome.Handled;
        }
        catch (IommuException refusal) when (refusal.Error == IommuError.NoMemory)
        {
            return false;
        }
    }

    private static async Task<PageFaultOutcome> Run(ProcessAddressSpace process, string operation)
    {
        switch (operation)
        {
            case "zeros":
                return await process.HandleFaultAsync(2 * Base, MemoryRights.Write);
            case "source":
                return await process.HandleFaultAsync(3 * Base, MemoryRights.Write);
            case "access":
                await process.WriteUInt64Async(2 * Base, 1);
                break;
            case "unmap inside a large page":
                await process.UnmapAsync(new AddressRange(Base + Page, Page));
                break;
            case "unmap across large pages":
                await process.UnmapAsync(new AddressRange(Base + Large - Page, 2 * Page));
                break;
            default:
                await process.ProtectAsync(new AddressRange(Base + Page, Page), MemoryRights.Read);
                break;
        }

        return PageFaultOutcome.Handled;
    }
}
