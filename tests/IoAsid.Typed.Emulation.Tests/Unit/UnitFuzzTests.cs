using System.Diagnostics;
using System.Globalization;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Emulation.Tests;

/// <summary>
/// For any input of software and devices, the unit throws no exception, its steps end, and it accesses only RAM. <c>IOASID_FUZZ_SECONDS</c> sets a longer
/// time. A failure names its seed.
/// </summary>
public sealed class UnitFuzzTests
{
    private const int Seeds = 60;

    private static readonly double Seconds =
        double.TryParse(Environment.GetEnvironmentVariable("IOASID_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out double seconds) ? seconds : 0;

    [Fact]
    public void Random_input_does_not_make_the_unit_throw_or_hang()
    {
        long began = Stopwatch.GetTimestamp();
        for (ulong seed = 1; seed <= Seeds || Stopwatch.GetElapsedTime(began).TotalSeconds < Seconds; seed++)
        {
            using Run run = new(seed);
            Exception? failure = Xunit.Record.Exception(run.All);
            Assert.True(failure is null, $"seed {seed}: {failure}");
        }
    }

    private sealed class Run : IDownstreamPort, IDisposable
    {
        private const int Actions = 400;
        private const ulong Ram = 0x10_0000;
        private const ulong Tables = 0x8_0000;
        private readonly SeededRandom _random;
        private readonly SparseMemory _memory = new(new MemoryRange(0, Ram));
        private readonly SeededScheduler _scheduler;
        private readonly VtdUnit _unit;
        private readonly Queue<InvalidateRequestMessage> _invalidations = [];

        public Run(ulong seed)
        {
            _random = new SeededRandom(seed);
            _scheduler = new SeededScheduler(new SchedulerOptions { Seed = seed, StepLimit = 20_000 });
            UnitOptions options = UnitFixture.Options with
            {
                Caching = !_random.OneIn(3),
                CollapsesFaults = _random.OneIn(2),
                FaultsOnCachedRights = _random.OneIn(2),
                IotlbCapacity = 4 << _random.Below(8),
                VirtualCommandPasids = 3,
                Capabilities = VtdCapabilities.Everything with { Revision = VtdRevision.Three + _random.Below(4) },
            };
            _unit = new VtdUnit(options, new UnitContext("fuzzed", _memory, _scheduler.Hardware, this));
        }

        public void All()
        {
            Prepare();
            for (int action = 0; action < Actions; action++)
                Act();
            _scheduler.Run();
            Assert.InRange(_memory.TouchedBytes, 0, (long)Ram);
        }

        public void Dispose() => _unit.Dispose();

        public void Send(in InvalidateRequestMessage message) => _invalidations.Enqueue(message);

        public void Send(in PageGroupResponseMessage message)
        {
            // The test ignores responses.
        }

        public void Send(in InterruptMessage message)
        {
            // The test ignores interrupts.
        }

        // The unit is enabled, with mostly valid tables, because random tables fail at the first step.
        private void Prepare()
        {
            for (int word = 0; word < 20_000; word++)
                Fill((ulong)_random.Below((int)Ram / 8) * 8);
            if (_random.OneIn(2))
                LayTables();
            _unit.Registers.Write64(0x20, _random.OneIn(8) ? Page | (uint)_random.Below(4) << 10 : Tables | 1 << 10);
            _unit.Registers.Write32(0x18, 1u << 30);
            _unit.Registers.Write64(0x90, Page | (uint)_random.Below(2) << 11 | (uint)_random.Below(8));
            _unit.Registers.Write64(0xD0, Page | (uint)_random.Below(8));
            _unit.Registers.Write32(0x18, 1u << 26);
            _unit.Registers.Write32(0x18, 1u << 31 | 1u << 26);
        }

        // All functions of a bus have a PASID directory with one table. Its entries are valid except for a few bits.
        private void LayTables()
        {
            for (ulong entry = 0; entry < 4096; entry += 8)
            {
                Write(Tables + entry, Tables + 0x1000 | 1);
                Write(Tables + 0x1000 + entry, entry % 32 == 0 ? Tables + 0x2000 | 0b11101 : 0);
                Write(Tables + 0x2000 + entry, Tables + 0x3000 | 1);
                ulong word = (entry / 8 % 8) switch
                {
                    0 => Page | (uint)(1 + _random.Below(4)) << 6 | 2 << 2 | 1,
                    1 => 1 << 23 | (uint)_random.Below(4),
                    2 => Page | (uint)_random.Below(2) << 2 | 1,
                    _ => 0,
                };
                Write(Tables + 0x3000 + entry, word);
            }
        }

        private void Act()
        {
            switch (_random.Below(12))
            {
                case 0:
                    _unit.Registers.Write32((uint)_random.Below(0x400) * 4, (uint)Value);
                    break;
                case 1:
                    _unit.Registers.Write64((uint)_random.Below(0x200) * 8, Value);
                    break;
                case 2:
                    _ = _unit.Registers.Read32((uint)_random.NextUInt64() & ~3u) + _unit.Registers.Read64((uint)_random.NextUInt64() & ~7u);
                    break;
                case 3:
                    for (int word = 0; word < 50; word++)
                        Fill((ulong)_random.Below((int)Ram / 8) * 8);
                    break;
                case 4:
                    _unit.Registers.Write64(0x88, Value & 0x7FFFF);
                    _unit.Registers.Write32(0x34, 0x7F);
                    break;
                case 5:
                    _scheduler.RunFor(TimeSpan.FromMilliseconds(_random.Below(60)));
                    break;
                case 6:
                    _unit.Receive(new PageRequestMessage(
                        Requester, Value, (int)Value, _random.OneIn(2), _random.OneIn(2), _random.OneIn(2), Prefix));
                    break;
                case 7:
                    CompleteInvalidation();
                    break;
                case 8:
                    Span<TranslationEntry> entries = stackalloc TranslationEntry[_random.Below(4) + 1];
                    _unit.Translate(new TranslationRequest(Requester, Value, _random.Below(9), _random.OneIn(2), Prefix), entries, out _);
                    break;
                default:
                    Dma();
                    break;
            }
        }

        private void Dma()
        {
            DmaRequest request = new(Requester, Value, (DmaAccess)_random.Below(4), Prefix, _random.OneIn(8));
            Span<byte> data = stackalloc byte[_random.Below(80)];
            switch (request.Access)
            {
                case DmaAccess.Write:
                    _unit.Write(request, data);
                    break;
                case DmaAccess.Atomic:
                    _unit.Atomic(request, (AtomicOperation)_random.Below(3), _random.Below(10), Value, Value, out _);
                    break;
                default:
                    _unit.Read(request, data);
                    break;
            }
        }

        private void CompleteInvalidation()
        {
            if (_invalidations.TryDequeue(out InvalidateRequestMessage invalidation) && !_random.OneIn(4))
                _unit.Receive(new InvalidateCompletionMessage(invalidation.Target, 1u << invalidation.Tag));
            else
                _unit.Receive(new InvalidateCompletionMessage(Requester, (uint)Value));
        }

        private void Fill(ulong address) => Write(address, Value);

        private void Write(ulong address, ulong value) => Assert.True(_memory.TryWriteUInt64(address, value));

        private ulong Page => (ulong)_random.Below((int)(Ram / 4096)) * 4096;

        private RequesterId Requester => new((ushort)(_random.OneIn(4) ? _random.NextUInt64() : 0));

        private PasidPrefix Prefix => _random.OneIn(2) ? default : new PasidPrefix(new Pasid((uint)Value & 0xF_FFFF), _random.OneIn(4), _random.OneIn(4));

        // A pointer with low bits, the type and granularity of a descriptor, a small number, an address at an edge, or any number.
        private ulong Value => _random.Below(6) switch
        {
            0 or 1 => Page | (uint)_random.Below(0x100),
            2 => (uint)_random.Below(10) | (uint)_random.Below(4) << 4 | (_random.NextUInt64() & _random.NextUInt64() & ~0xFFFUL),
            3 => (ulong)_random.Below(64),
            4 => (1UL << _random.Below(64)) - (ulong)_random.Below(64),
            _ => _random.NextUInt64(),
        };
    }
}
