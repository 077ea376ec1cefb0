using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The page request interface (PRI) of an emulated function.</summary>
internal sealed class PriCapability : IPriCapability
{
    private readonly EmulatedFunction _function;
    private readonly FunctionOptions _options;
    private bool _isEnabled;
    private bool _needsReset;
    private int _allocation;

    public PriCapability(EmulatedFunction function, FunctionOptions options)
    {
        _function = function;
        _options = options;
        _allocation = options.PageRequestCapacity;
        Requester = new PageRequester(function, this, options);
    }

    public PageRequester Requester { get; }

    public int Capacity => _options.PageRequestCapacity;

    public bool ResponsePasidRequired => _options.ResponsePasidRequired;

    public bool Stopped => !_isEnabled && Requester.Outstanding == 0;

    public bool UnexpectedGroupIndex { get; set; }

    public bool ResponseFailure { get; set; }

    public int Allocation
    {
        get => _allocation;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Capacity);
            if (!_function.BeginConfigurationWrite())
                return;
            if (_isEnabled)
                throw Wrong("page requests are enabled. Disable them before you set the allocation.");
            _allocation = value;
        }
    }

    public bool Enabled
    {
        get => _isEnabled;
        set
        {
            if (!_function.BeginConfigurationWrite() || value == _isEnabled)
                return;
            if (value)
                CheckOrder();
            _isEnabled = value;
            _needsReset |= !value;
            Requester.Changed();
        }
    }

    public void Reset()
    {
        if (!_function.BeginConfigurationWrite())
            return;
        if (!Stopped)
            throw Wrong("page requests are enabled or outstanding. Disable them and wait for Stopped before you call Reset.");
        UnexpectedGroupIndex = false;
        ResponseFailure = false;
        _needsReset = false;
    }

    public void RestoreDefaults()
    {
        _isEnabled = false;
        _needsReset = false;
        _allocation = Capacity;
        UnexpectedGroupIndex = false;
        ResponseFailure = false;
        Requester.AbortAll();
    }

    private void CheckOrder()
    {
        if (_function.Ats is not { Enabled: true })
            throw Wrong("ATS is disabled. Enable ATS before page requests.");
        if (_needsReset)
            throw Wrong("page requests were enabled before. Wait for Stopped and call Reset first.");
    }

    private InvalidOperationException Wrong(string problem) => new($"{_function.RequesterId}: {problem}");
}
