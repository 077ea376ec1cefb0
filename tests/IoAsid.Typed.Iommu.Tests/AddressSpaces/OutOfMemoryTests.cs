namespace IoAsid.Typed.Iommu.Tests;

/// <summary>Each allocation of each operation fails once, and the state is unchanged.</summary>
public sealed class OutOfMemoryTests
{
    private const ulong Base = ProcessFixture.Base;
    private const ulong Page = ProcessFixture.Page;
    private const ulong Large = ProcessFixture.Large;

    public static TheoryData<string> Operations { get; } =
        ["zeros", "source", "access", "unmap inside a large page", "unmap across large pages", "protect inside a large page"];

    [Theory]
    [MemberData(nameof(Operations))]
    public void An_allocation_that_fails_changes_nothing(string operation)
    {
        int failures = 0;
        for (int index = 0; ; index++)
        {
            ProcessFixture fixture = Prepared();
            string before = fixture.Everything;
            ProcessFixture.Refusal refusal = fixture.RefuseAt(index);

            bool succeeded = fixture.Machine.Run(() => TryRun(fixture.Process, operation));

            Assert.NotEqual(refusal.HasOccurred, succeeded);
            if (succeeded)
                break;
            failures++;
            Assert.Equal(before, fixture.Everything);
            fixture.Frames.InjectFaults(null);
            Assert.True(fixture.Machine.Run(() => TryRun(fixture.Process, operation)));
            fixture.Machine.Run(() => fixture.Process.ExitAsync().AsTask());
            Assert.Equal(0, fixture.Frames.InUse);
        }

        Assert.True(failures > 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Small_pages_come_in_without_memory_for_a_large_page(int refused)
    {
        ProcessFixture fixture = new();
        fixture.Process.Map(Large, MemoryRights.ReadWrite, Base, largePages: true);
        fixture.RefuseAt(refused);

        Assert.Equal(PageFaultOutcome.Handled, fixture.Fault(Base + Page));
        Assert.Equal(1, fixture.Process.ResidentPages);
        // Memory is available again, but the small page leaves no room for a large one.
        Assert.Equal(PageFaultOutcome.Handled, fixture.Fault(Base));
        Assert.Equal(2, fixture.Process.ResidentPages);

        fixture.Machine.Run(() => fixture.Process.ExitAsync().AsTask());
        Assert.Equal(0, fixture.Frames.InUse);
    }

    [Fact]
    public void A_process_without_memory_for_its_root_is_refused()
    {
        ProcessFixture fixture = new();
        fixture.RefuseAt(0);

        Assert.Throws<IommuException>(() => new ProcessAddressSpace(fixture.Machine.Memory, fixture.Frames, "another"));
        Assert.Equal(1, fixture.Frames.InUse);
    }

    /// <summary>Creates two large pages that are present, and small pages that are not.</summary>
    private static ProcessFixture Prepared()
    {
        ProcessFixture fixture = new();
        fixture.Process.Map(2 * Large, MemoryRights.ReadWrite, Base, largePages: true);
        fixture.Process.Map(Page, MemoryRights.ReadWrite, 2 * Base);
        GatedSource source = new();
        source.Open();
        fixture.Process.Map(Page, MemoryRights.ReadWrite, 3 * Base, source);
        Assert.Equal(PageFaultOutcome.Handled, fixture.Fault(Base));
        Assert.Equal(PageFaultOutcome.Handled, fixture.Fault(Base + Large));
        return fixture;
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
