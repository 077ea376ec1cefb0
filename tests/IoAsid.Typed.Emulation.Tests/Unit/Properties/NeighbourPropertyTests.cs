using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// A guest that writes random values to its tables, with a device that sends random requests, reaches only the memory of the guest. It reaches neither the
/// memory of another guest nor the tables of the host (VT-d 3.8, 4.2.4).
/// </summary>
public sealed class NeighbourPropertyTests
{
    private const int Seeds = 1_000;

    [Fact]
    public void Random_input_of_a_guest_stays_in_the_memory_of_the_guest()
    {
        int reached = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            using Neighbours neighbours = new(seed);
            string? found = neighbours.Run();
            Assert.True(found is null, $"seed {seed}: {found}");
            reached += neighbours.Reached;
        }

        // The test proves nothing if no random value translates a request.
        Assert.InRange(reached, Seeds, int.MaxValue);
    }

    private sealed class Neighbours : IDisposable
    {
        // The size of the guest memory from address 0 that the second stage maps to memory of its own.
        private const ulong GuestSize = 16 * 4096;
        private const ulong GuestHost = 0xC010_0000;
        private const ulong Secret = 0x5EC2_E75E_C2E7_5EC2;
        private static readonly Pasid Nested = new(5);
        private static readonly Pasid SecondStage = new(4);
        private const int Actions = 120;

        /// <summary>The memory outside of the guest: the tables of the host, and the other guest's memory after the guest's own.</summary>
        private static readonly MemoryRange[] OfOthers =
        [
            new(UnitFixture.Root, 4 * 4096), new(0x20_0000, 8 * 4096), new(0x30_0000, 8 * 4096), new(GuestHost - 4 * 4096, 4 * 4096), new(GuestHost + GuestSize, 8 * 4096),
        ];

        private readonly SeededRandom _random;
        private readonly UnitFixture _fixture;
        private readonly ulong[] _before;
        private readonly byte[] _data = new byte[64];
        private readonly TranslationEntry[] _entries = new TranslationEntry[4];

        public Neighbours(ulong seed)
        {
            _random = new SeededRandom(seed);
            bool deviceTlb = _random.OneIn(3);
            _fixture = UnitFixture.InScalableMode(
                UnitFixture.Options with
                {
                    IotlbCapacity = 4,
                    ContextCapacity = 4,
                    Capabilities = VtdCapabilities.Everything with { Revision = VtdRevision.Three + _random.Below(4) },
                },
                UnitFixture.PasidEnable | (deviceTlb ? UnitFixture.DeviceTlbEnable | UnitFixture.PageRequestEnable : 0));
            HasDeviceTlb = deviceTlb;
            foreach (MemoryRange range in OfOthers[3..])
                Fill(range, Secret);
            PageTables second = new(new TablePages(_fixture.Memory, 0x20_0000), 4, EntryBits.ReadWrite);
            for (ulong page = 0; page < GuestSize; page += 4096)
                second[page] = (GuestHost + page) | (page > 0x4000 && _random.OneIn(4) ? 1UL : EntryBits.ReadWrite);
            _fixture.SetPasid(Nested, Entry(PasidGrantType.Nested));
            _fixture.SetPasid(SecondStage, Entry(PasidGrantType.SecondStage));
            SetUpNeighbour();
            Repair();
            _fixture.EnableQueue();
            _fixture.Registers.Write64(0xD0, UnitFixture.Ring);
            _before = Others();
        }

        /// <summary>The number of requests that the tables of the guest translated.</summary>
        public int Reached { get; private set; }

        private bool HasDeviceTlb { get; }

        /// <summary>Returns the description of an access outside of the guest's memory, or null.</summary>
        public string? Run()
        {
            for (int action = 0; action < Actions; action++)
            {
                if (Act() is { } found)
                    return $"action {action}: {found}";
            }

            ulong[] after = Others();
            int changed = Enumerable.Range(0, after.Length).FirstOrDefault(word => after[word] != _before[word], -1);
            return changed < 0 ? null : $"word {changed} of the others was 0x{_before[changed]:X} and is 0x{after[changed]:X}";
        }

        public void Dispose() => _fixture.Dispose();

        // The other guest has a device, tables and a page.
        private void SetUpNeighbour()
        {
            _fixture.SetContext(UnitFixture.OtherDevice, 0x30_0000 | UnitFixture.PasidEnable | 1);
            _fixture.Set(0x30_0000, 0x30_1001);
            _fixture.SetPasid(new Pasid(6), Entry(PasidGrantType.FirstStage) with { FirstStageTable = 0x30_2000, SecondStageTable = 0 }, table: 0x30_1000);
            PageTables tables = new(new TablePages(_fixture.Memory, 0x30_2000), 4, EntryBits.User);
            tables[0x1000] = GuestHost + GuestSize | EntryBits.User;
        }

        private static PasidEntry Entry(PasidGrantType grant) => new()
        {
            Present = true,
            GrantType = grant,
            AddressWidth = grant == PasidGrantType.FirstStage ? AddressWidth.Invalid : AddressWidth.Bits48,
            FirstStageTable = grant == PasidGrantType.Nested ? 0x1000UL : 0,
            SecondStageTable = 0x20_0000,
            DomainId = new(7),
            PageWalkSnoop = true,
        };

        private string? Act() => _random.Below(10) switch
        {
            < 3 => ChangeTables(),
            < 7 => SendRequest(),
            7 => AskForTranslation(),
            8 => SendMessage(),
            _ => Invalidate(),
        };

        // The correct tables of a guest: four levels, with four pages in the last table.
        private void Repair()
        {
            for (ulong table = 0x1000; table < 0x4000; table += 0x1000)
                _fixture.Set(GuestHost + table, (table + 0x1000) | EntryBits.User);
            for (ulong page = 0; page < 4; page++)
                _fixture.Set(GuestHost + 0x4000 + page * 8, (0x5000 + page * 0x1000) | EntryBits.User);
        }

        private string? ChangeTables()
        {
            if (_random.OneIn(3))
                Repair();
            ulong entry = Flags() | Place() & ~0xFFFUL;
            ulong place = (ulong)_random.Below((int)GuestSize / 8) * 8;
            if (_random.OneIn(2))
                place = 0x1000UL * (ulong)(1 + _random.Below(4)) + 8 * (ulong)_random.Below(2);
            _fixture.Set(GuestHost + place, _random.OneIn(20) ? _random.NextUInt64() : entry);
            return null;
        }

        private string? SendRequest()
        {
            DmaAccess access = (DmaAccess)_random.Below(3);
            DmaRequest request = new(UnitFixture.Device, Input(), access, Prefix(), IsTranslated: !HasDeviceTlb && _random.OneIn(4));
            Span<byte> data = _data.AsSpan(0, access == DmaAccess.Atomic ? 8 : 8 * (1 + _random.Below(8)));
            CompletionStatus status = access switch
            {
                DmaAccess.Read => _fixture.Unit.Read(request, data),
                DmaAccess.Write => _fixture.Unit.Write(request, Noise(data)),
                _ => _fixture.Unit.Atomic(request with { Address = request.Address & ~7UL }, AtomicOperation.Swap, data.Length, 0x77, 0, out _),
            };
            if (status != CompletionStatus.Success)
                return null;
            Reached += request.Prefix.IsPresent && request.Prefix.Pasid == Nested ? 1 : 0;
            return access == DmaAccess.Read && data.IndexOf(BitConverter.GetBytes(Secret)) >= 0 ? $"{request} read the neighbour's memory" : null;
        }

        private string? AskForTranslation()
        {
            TranslationRequest request = new(UnitFixture.Device, Input() & ~0xFFFUL, 1 + _random.Below(4), _random.OneIn(2), Prefix());
            if (_fixture.Unit.Translate(request, _entries, out int count) != CompletionStatus.Success)
                return null;
            foreach (TranslationEntry entry in _entries.AsSpan(0, count))
            {
                if ((entry.Read || entry.Write) && (entry.Address < GuestHost || entry.Address + (1UL << entry.PageShift) > GuestHost + GuestSize))
                    return $"{request} was given 0x{entry.Address:X}";
            }

            return null;
        }

        private string? SendMessage()
        {
            if (_random.OneIn(2))
                _fixture.Unit.Receive(new InvalidateCompletionMessage(UnitFixture.Device, (uint)_random.NextUInt64()));
            else
                _fixture.Unit.Receive(new PageRequestMessage(UnitFixture.Device, Input(), _random.Below(600), _random.OneIn(2), _random.OneIn(2), _random.OneIn(2), Prefix()));
            _fixture.RunBriefly();
            return null;
        }

        // The host invalidates the domain and the PASIDs of its guest.
        private string? Invalidate()
        {
            _fixture.Registers.Write32(0x34, 0x7F);
            _fixture.Submit(_random.Below(3) switch
            {
                0 => Descriptor.Domain(new DomainId(7)),
                1 => Descriptor.Pasid(new DomainId(7), Nested),
                _ => Descriptor.PasidPages(new DomainId(7), Nested, Input() & ~0xFFFUL, _random.Below(10)),
            });
            return null;
        }

        private PasidPrefix Prefix() => _random.Below(8) switch
        {
            0 => default,
            1 => new PasidPrefix(new Pasid((uint)_random.Below(1 << 20)), _random.OneIn(2), _random.OneIn(2)),
            2 => new PasidPrefix(new Pasid(6)),
            3 => new PasidPrefix(SecondStage),
            _ => new PasidPrefix(Nested, execute: _random.OneIn(20), privileged: _random.OneIn(20)),
        };

        // Mostly addresses of the first pages, which the guest's tables can translate, and sometimes other addresses.
        private ulong Input() => _random.Below(6) switch
        {
            0 => Place(),
            1 => _random.NextUInt64(),
            _ => (ulong)_random.Below(4 * 4096),
        };

        // Mostly a page of the guest; otherwise memory of others, or the interrupt range.
        private ulong Place() => _random.Below(8) switch
        {
            0 => OfOthers[_random.Below(OfOthers.Length)].Start + (ulong)_random.Below(4 * 4096),
            1 => 0xFEE0_0000 + (ulong)_random.Below(1 << 20),
            2 => GuestHost + (ulong)_random.Below((int)GuestSize),
            _ => (ulong)_random.Below((int)GuestSize),
        };

        private ulong Flags() => _random.OneIn(4) ? (ulong)_random.Below(0x1000) : EntryBits.User | (_random.OneIn(5) ? EntryBits.PageSize : 0);

        private ReadOnlySpan<byte> Noise(Span<byte> data)
        {
            for (int word = 0; word < data.Length; word += 8)
                BitConverter.TryWriteBytes(data[word..], Flags() | Place() & ~0xFFFUL);
            return data;
        }

        private void Fill(MemoryRange range, ulong value)
        {
            for (ulong word = 0; word < range.Length; word += 8)
                _fixture.Set(range.Start + word, value);
        }

        private ulong[] Others() =>
            [.. OfOthers.SelectMany(range => Enumerable.Range(0, (int)range.Length / 8).Select(word => _fixture.Word(range.Start + (ulong)word * 8)))];
    }
}
