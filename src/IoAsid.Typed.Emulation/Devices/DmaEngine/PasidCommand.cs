using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The command of a DMA engine that is being carried out: draining or aborting a PASID.</summary>
internal sealed class PasidCommand(EmulatedDmaEngine engine)
{
    private DmaEngineCommand _command;

    /// <summary>The last command.</summary>
    public DmaEngineCommand Last => _command;

    public bool IsActive { get; private set; }

    /// <summary>Whether the last one could not be begun.</summary>
    public bool IsRefused { get; private set; }

    public DmaEngineCommandStatus Status => new() { IsActive = IsActive, IsRefused = IsRefused };

    /// <summary>Whether new work for a PASID has to wait.</summary>
    public bool IsFor(Pasid pasid) => IsActive && _command.Pasid == pasid;

    /// <summary>Whether an item is to be given up.</summary>
    public bool IsAborting(in WorkItem item) => IsAborting(_command.Pasid) && item.IsOf(_command.Pasid);

    /// <summary>Whether what is done for a PASID is to be given up.</summary>
    public bool IsAborting(Pasid pasid) => IsFor(pasid) && _command.Code == DmaEngineCommandCode.AbortPasid;

    public void Begin(DmaEngineCommand command)
    {
        IsRefused = IsActive || !Enum.IsDefined(command.Code);
        if (IsRefused || command.Code == DmaEngineCommandCode.None)
            return;
        _command = command;
        IsActive = true;
        if (command.Code == DmaEngineCommandCode.AbortPasid)
            engine.GiveUp(command.Pasid);
        Finish(command.Pasid, engine.Accepted, engine.Resets);
    }

    public void Forget()
    {
        _command = default;
        IsActive = false;
        IsRefused = false;
    }

    private async void Finish(Pasid pasid, long before, int resets)
    {
        while (engine.IsWorkingFor(pasid, before))
        {
            await engine.Changed.WaitAsync().ConfigureAwait(false);
            if (engine.Resets != resets)
                return;
        }

        engine.Stop(pasid);
        IsActive = false;
    }
}
