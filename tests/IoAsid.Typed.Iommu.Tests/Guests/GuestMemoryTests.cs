using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu.Tests;

/// <summary>A guest's memory for its processors. Accesses have the rights of devices, can cross mappings, and reach no other byte.</summary>
public sealed class GuestMemoryTests
{
    private const ulong Page = AddressRange.PageSize;
    private const int Largest = 3 * (int)Page;

    // Neighbours in the guest that are not neighbours in the host, a gap, a read-only range, a write-only range, and a range without memory of the host.
    private static readonly (ulong At, ulong Pages, MemoryRights Rights)[] Layout =
    [
        (0, 1, MemoryRights.ReadWrite), (Page, 1, MemoryRights.ReadWrite), (3 * Page, 1, MemoryRights.Read), (4 * Page, 1, MemoryRights.ReadWrite), (6 * Page, 1, MemoryRights.Write),
    ];

    private const ulong NothingBehind = 8 * Page;

    private static readonly ulong[] Addresses =
        [.. from page in Enumerable.Range(0, 11) from offset in (long[])[-8, 0, 8] select (ulong)(page * (long)Page + offset) into address where (long)address >= 0 select address];

    [Fact]
    public void Reads_and_writes_of_any_length_respect_the_rights_of_mappings() => Run((memory, host) =>
    {
        foreach (ulong address in Addresses)
        {
            foreach (int length in (int[])[0, 1, 7, 8, 9, (int)Page, (int)Page + 1, Largest])
            {
                Refill(host);
                byte[] read = new byte[length];
                bool mayRead = Allows(address, length, MemoryRights.Read);
                Assert.Equal(mayRead, memory.TryRead(address, read));
                if (mayRead)
                    Assert.Equal(Model(host, address, length), read);

                byte[] before = Snapshot(host);
                byte[] written = [.. Enumerable.Range(1, length).Select(value => (byte)~value)];
                bool mayWrite = Allows(address, length, MemoryRights.Write);
                Assert.Equal(mayWrite, memory.TryWrite(address, written));
                if (mayWrite)
                    Assert.Equal(written, Model(host, address, length));
                else
                    Assert.Equal(before, Snapshot(host));
            }
        }
    });

    [Fact]
    public void Words_are_read_written_and_exchanged_where_rights_allow_it() => Run((memory, host) =>
    {
        foreach (ulong address in Addresses)
        {
            Refill(host);
            bool mayRead = Allows(address, sizeof(ulong), MemoryRights.Read);
            bool mayWrite = Allows(address, sizeof(ulong), MemoryRights.Write);
            ulong word = mayRead ? BitConverter.ToUInt64(Model(host, address, sizeof(ulong))) : 0;
            Assert.Equal((mayRead, word), (memory.TryReadUInt64(address, out ulong wide), wide));
            Assert.Equal((mayRead, (uint)word), (memory.TryReadUInt32(address, out uint narrow), narrow));

            Assert.Equal((mayRead && mayWrite, mayRead && mayWrite ? word : 0), (memory.TryCompareExchange(address, word, 1, out ulong found), found));
            Assert.Equal(mayRead && mayWrite, mayRead && BitConverter.ToUInt64(Model(host, address, sizeof(ulong))) == 1);
            Assert.Equal(mayWrite, memory.TryWriteUInt64(address, 2));
            Assert.Equal(mayWrite, memory.TryWriteUInt32(address, 3));
            if (mayWrite)
                Assert.Equal(3u, BitConverter.ToUInt64(Model(host, address, sizeof(ulong))));
        }
    });

    [Fact]
    public void Accesses_without_memory_of_the_host_are_refused() => Run((memory, host) =>
    {
        Assert.False(memory.TryRead(NothingBehind, new byte[8]));
        Assert.False(memory.TryWrite(NothingBehind, new byte[8]));
        Assert.False(memory.TryReadUInt32(NothingBehind, out uint _));
        Assert.False(memory.TryReadUInt64(NothingBehind, out ulong _));
        Assert.False(memory.TryWriteUInt32(NothingBehind, 1));
        Assert.False(memory.TryWriteUInt64(NothingBehind, 1));
        Assert.False(memory.TryCompareExchange(NothingBehind, 0, 1, out _));
    });

    [Fact]
    public void Misaligned_words_are_refused() => Run((memory, host) =>
    {
        Assert.Throws<ArgumentException>(() => memory.TryReadUInt32(2, out _));
        Assert.Throws<ArgumentException>(() => memory.TryReadUInt64(4, out _));
        Assert.Throws<ArgumentException>(() => memory.TryCompareExchange(4, 0, 0, out _));
    });

    private static void Run(Action<GuestMemory, Host> test) => IommuFixture.Run(1, async fixture =>
    {
        VfioContainer container = fixture.Subsystem.CreateContainer("vm", quota: 1);
        ulong[] frames = [.. Layout.Select(_ => fixture.Subsystem.Frames.Allocate())];
        foreach (((ulong at, ulong pages, MemoryRights rights), ulong frame) in Layout.Zip(frames.Reverse()))
            await container.Memory.MapAsync(new AddressRange(at, pages * Page), frame, rights);
        await container.Memory.MapAsync(new AddressRange(NothingBehind, Page), 0x7000_0000);

        test(container.Memory, new Host(fixture.Machine.PhysicalMemory, [.. frames.Reverse()]));

        await container.DisposeAsync();
        foreach (ulong frame in frames)
            fixture.Subsystem.Frames.Free(frame);
        await fixture.AssertReclaimedAsync();
    });

    private static int? RegionAt(ulong address)
    {
        int region = Array.FindIndex(Layout, one => address >= one.At && address - one.At < one.Pages * Page);
        return region < 0 ? null : region;
    }

    private static bool Allows(ulong address, int length, MemoryRights right) => Enumerable.Range(0, length)
        .Select(offset => RegionAt(address + (ulong)offset))
        .All(region => region is { } known && Layout[known].Rights.HasFlag(right));

    private static byte[] Model(Host host, ulong address, int length) =>
        [.. Enumerable.Range(0, length).Select(offset => host.ByteAt(address + (ulong)offset))];

    private static byte[] Snapshot(Host host)
    {
        byte[] all = new byte[Layout.Length * (int)Page];
        for (int region = 0; region < Layout.Length; region++)
            Assert.True(host.Memory.TryRead(host.Frames[region], all.AsSpan(region * (int)Page, (int)Page)));
        return all;
    }

    private static void Refill(Host host)
    {
        byte[] page = new byte[Page];
        for (int region = 0; region < Layout.Length; region++)
        {
            for (int offset = 0; offset < page.Length; offset++)
                page[offset] = (byte)(offset * 7 + region * 31 + 1);
            Assert.True(host.Memory.TryWrite(host.Frames[region], page));
        }
    }

    private sealed record Host(IPhysicalMemory Memory, ulong[] Frames)
    {
        public byte ByteAt(ulong address)
        {
            int region = RegionAt(address)!.Value;
            byte[] one = new byte[1];
            Assert.True(Memory.TryRead(Frames[region] + (address - Layout[region].At), one));
            return one[0];
        }
    }
}
