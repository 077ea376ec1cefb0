using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The page request interface of an emulated function, as its driver sees it.</summary>
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
                throw Wrong("the allocation of page requests must be set before they are enabled.");
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
            throw Wrong("page requests can be reset only while they are disabled and none is outstanding (Stopped).");
        UnexpectedGroupIndex = false;
        ResponseFailure = false;
        _needsReset = false;
    }

    public void Forget()
    {
        _isEnabled = false;
        _needsReset = false;
        _allocation = Capacity;
        UnexpectedGroupIndex = false;
        ResponseFailure = false;
        Requester.Forget();
    }

    private void CheckOrder()
    {
        if (_function.Ats is not { Enabled: true })
            throw Wrong("ATS must be enabled before page requests are.");
        if (_needsReset)
            throw Wrong("page requests were enabled before. Wait for Stopped and call Reset first.");
    }

    private InvalidOperationException Wrong(string what) => new($"{_function.RequesterId}: {what}");
}
