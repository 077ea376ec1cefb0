using System.Globalization;
using IoAsid.Typed.Hardware;
using IoAsid.Typed.Vtd;

namespace IoAsid.Typed.Qemu.Tests;

/// <summary>A unit that translates by tables without a driver. The first probe of the machine accesses each page.</summary>
internal sealed class TableRun(ITestMachine machine, TableCase tables)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly IPhysicalMemory _memory = machine.Platform.Memory;
    private readonly IRegisterBlock _registers = machine.Platform.Units[0].Registers;

    /// <summary>Makes the accesses with changed tables. Translation is disabled before and afterwards.</summary>
    /// <returns>The result of each access: reached memory, or the fault that the unit recorded.</returns>
    public IReadOnlyList<string> Run(IReadOnlyList<BitChange> changes)
    {
        foreach (TableWord word in tables.Words)
            _memory.WriteUInt64(word.Address, word.Value);
        foreach (BitChange change in changes)
            _memory.WriteUInt64(tables.WordOf(change).Address, _memory.ReadUInt64(tables.WordOf(change).Address) ^ 1UL << change.Bit);
        string name = changes.Count == 0 ? "no change" : string.Join(" and ", changes.Select(tables.NameOf));
        List<string> lines = [];
        machine.Run(async () =>
        {
            await EnableAsync();
            foreach (TableAccess access in tables.AccessesOf(changes))
                lines.Add(await AccessAsync(access, $"{name}, {access.Name}", changes));
            await CommandAsync(default, status => !status.TranslationEnable);
        });
        return lines;
    }

    private async Task EnableAsync()
    {
        machine.Probes[0].Function.BusMasterEnabled = true;
        _registers.Write64(RegisterOffsets.RootTableAddress, tables.RootTableAddress);
        await CommandAsync(new GlobalCommandRegister { SetRootTablePointer = true }, status => status.RootTablePointer);
        await CommandAsync(new GlobalCommandRegister { TranslationEnable = true }, status => status.TranslationEnable);
    }

    private async Task CommandAsync(GlobalCommandRegister command, Func<GlobalStatusRegister, bool> isDone)
    {
        _registers.Write32(RegisterOffsets.GlobalCommand, (uint)command.Bits.Value);
        bool done = await machine.Platform.Scheduler.WaitUntil(() => isDone(new GlobalStatusRegister(new Bits64(_registers.Read32(RegisterOffsets.GlobalStatus)))), s_patience);
        Assert.True(done, $"The unit does not execute {command}.");
    }

    private async Task<string> AccessAsync(TableAccess access, string step, IReadOnlyList<BitChange> changes)
    {
        ulong[] targets = [access.Target, .. changes.Where(change => change.Bit >= 12).Select(change => access.Target ^ 1UL << change.Bit)];
        foreach (ulong target in targets)
            _memory.TryWriteUInt32(target, 0);
        await machine.Probes[0].WriteAsync(access.Address);
        await machine.Platform.Scheduler.Delay(TimeSpan.FromMilliseconds(1));
        int reached = Array.FindIndex(targets, target => _memory.TryReadUInt32(target, out uint word) && word == IProbe.Word);
        string outcome = reached < 0 ? "not reached" : reached == 0 ? "reached" : "reached elsewhere";
        return $"{step}: {(TakeFault() is { } fault && reached < 0 ? fault : outcome)}";
    }

    private string? TakeFault()
    {
        FaultStatusRegister status = new(new Bits64(_registers.Read32(RegisterOffsets.FaultStatus)));
        if (!status.PrimaryPendingFault)
            return null;
        uint place = (uint)machine.Capabilities.FaultRecordOffset + status.FaultRecordIndex * (uint)FaultRecord.SizeInBytes;
        FaultRecord record = new(new Bits128(_registers.Read64(place), _registers.Read64(place + 8)));
        _registers.Write32(place + 12, 1u << 31);
        _registers.Write32(RegisterOffsets.FaultStatus, (uint)new FaultStatusRegister { PrimaryFaultOverflow = true }.Bits.Value);
        return string.Create(CultureInfo.InvariantCulture, $"fault {(int)record.Reason:X}h, {record.RequestType}, 0x{record.FaultInformation:X}, {record.SourceId}");
    }
}
