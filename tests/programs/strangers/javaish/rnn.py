import numpy as np
import matplotlib.pyplot as plt


class MatrixUtils:
    """Static helpers."""

    @staticmethod
    def multiply(left, right):
        return np.matmul(left, right)

    @staticmethod
    def add(*matrices):
        result = matrices[0]
        for matrix in matrices[1:]:
            result = result + matrix
        return result

    @staticmethod
    def randomMatrix(rows, cols):
        return np.random.uniform(-1.0, 1.0, (rows, cols)) * np.sqrt(3.0 / rows)


class SimpleRNN(object):

    def __init__(self, input_size, hidden_size, output_size):
        self.inputSize = input_size
        self.hiddenSize = hidden_size
        self.outputSize = output_size
        self.W_xh = MatrixUtils.randomMatrix(input_size, hidden_size)
        self.W_hh = MatrixUtils.randomMatrix(hidden_size, hidden_size)
        self.W_hy = MatrixUtils.randomMatrix(hidden_size, output_size)
        self.b_h = np.zeros(hidden_size)
        self.b_y = np.zeros(output_size)
        self.lastInputs = None
        self.stateList = None
        self.gradientMap = None

    def getHiddenSize(self):
        return self.hiddenSize

    def getStateList(self):
        return self.stateList

    def setStateList(self, stateList):
        self.stateList = stateList

    def computeState(self, currentInput, previousState):
        fromInput = MatrixUtils.multiply(currentInput, self.W_xh)
        fromState = MatrixUtils.multiply(previousState, self.W_hh)
        return np.tanh(MatrixUtils.add(fromInput, fromState, self.b_h))

    def computeOutput(self, state):
        return MatrixUtils.add(MatrixUtils.multiply(state, self.W_hy), self.b_y)

    def forward(self, inputs):
        seqLen = inputs.shape[0]
        batchSize = inputs.shape[1]
        stateList = []
        outputList = []
        state = np.zeros((batchSize, self.getHiddenSize()))
        stateList.append(state)
        i = 0
        while i < seqLen:
            state = self.computeState(inputs[i], state)
            stateList.append(state)
            outputList.append(self.computeOutput(state))
            i += 1
        self.lastInputs = inputs
        self.setStateList(stateList)
        return np.array(outputList), np.array(stateList[1:])

    def backward(self, d_outputs):
        gradientMap = dict()
        gradientMap["W_xh"] = np.zeros((self.inputSize, self.hiddenSize))
        gradientMap["W_hh"] = np.zeros((self.hiddenSize, self.hiddenSize))
        gradientMap["W_hy"] = np.zeros((self.hiddenSize, self.outputSize))
        gradientMap["b_h"] = np.zeros(self.hiddenSize)
        gradientMap["b_y"] = np.zeros(self.outputSize)
        stateList = self.getStateList()
        futureGradient = np.zeros(stateList[0].shape)
        i = len(d_outputs) - 1
        while i >= 0:
            currentState = stateList[i + 1]
            previousState = stateList[i]
            outputGradient = d_outputs[i]
            gradientMap["W_hy"] += MatrixUtils.multiply(currentState.T, outputGradient)
            gradientMap["b_y"] += np.sum(outputGradient, axis=0)
            stateGradient = MatrixUtils.multiply(outputGradient, self.W_hy.T) + futureGradient
            activationGradient = stateGradient * (1.0 - np.square(currentState))
            gradientMap["W_xh"] += MatrixUtils.multiply(self.lastInputs[i].T, activationGradient)
            gradientMap["W_hh"] += MatrixUtils.multiply(previousState.T, activationGradient)
            gradientMap["b_h"] += np.sum(activationGradient, axis=0)
            futureGradient = MatrixUtils.multiply(activationGradient, self.W_hh.T)
            i -= 1
        self.gradientMap = gradientMap
        return gradientMap

    def update_parameters(self, learning_rate):
        for entry in self.gradientMap.items():
            key = entry[0]
            value = entry[1]
            setattr(self, key, getattr(self, key) - learning_rate * value)


class Gate(object):
    def __init__(self, inputSize, hiddenSize, activation):
        self.weight = MatrixUtils.randomMatrix(inputSize, hiddenSize)
        self.recurrent = MatrixUtils.randomMatrix(hiddenSize, hiddenSize)
        self.bias = np.zeros(hiddenSize)
        self.activation = activation

    def compute(self, x, h):
        return self.activation(MatrixUtils.add(x @ self.weight, h @ self.recurrent, self.bias))


def safeSigmoid(x):
    x = np.clip(x, -500, 500)
    return 1.0 / (1.0 + np.exp(-x))


class LSTMCell(object):
    def __init__(self, input_size, hidden_size):
        self.forgetGate = Gate(input_size, hidden_size, safeSigmoid)
        self.inputGate = Gate(input_size, hidden_size, safeSigmoid)
        self.candidate = Gate(input_size, hidden_size, np.tanh)
        self.outputGate = Gate(input_size, hidden_size, safeSigmoid)
        self.W_f, self.U_f, self.b_f = self.forgetGate.weight, self.forgetGate.recurrent, self.forgetGate.bias
        self.W_i, self.U_i, self.b_i = self.inputGate.weight, self.inputGate.recurrent, self.inputGate.bias
        self.W_c, self.U_c, self.b_c = self.candidate.weight, self.candidate.recurrent, self.candidate.bias
        self.W_o, self.U_o, self.b_o = self.outputGate.weight, self.outputGate.recurrent, self.outputGate.bias

    def forward(self, input_t, hidden_state, cell_state):
        f = safeSigmoid(MatrixUtils.add(input_t @ self.W_f, hidden_state @ self.U_f, self.b_f))
        i = safeSigmoid(MatrixUtils.add(input_t @ self.W_i, hidden_state @ self.U_i, self.b_i))
        g = np.tanh(MatrixUtils.add(input_t @ self.W_c, hidden_state @ self.U_c, self.b_c))
        o = safeSigmoid(MatrixUtils.add(input_t @ self.W_o, hidden_state @ self.U_o, self.b_o))
        newCell = f * cell_state + i * g
        return o * np.tanh(newCell), newCell


class SequenceFactory:
    @staticmethod
    def createFibonacci(length):
        result = [0, 1]
        while len(result) < length:
            result.append(result[len(result) - 1] + result[len(result) - 2])
        return np.array(list(map(float, result[:length])))

    @staticmethod
    def createSine(length):
        return np.sin(0.25 * np.arange(0, length, 1))


def generate_sequence_data(seq_type='fibonacci', length=1000):
    if length < 1:
        raise ValueError("IllegalArgument: length")
    if seq_type == 'fibonacci':
        return SequenceFactory.createFibonacci(length)
    elif seq_type == 'sine':
        return SequenceFactory.createSine(length)
    raise ValueError("IllegalArgument: seq_type")


class Trainer:
    def __init__(self, windowSize, series, trainSize):
        self.windowSize = windowSize
        self.series = series
        self.trainSize = trainSize
        self.network = SimpleRNN(1, 16, 1)
        self.lossList = []

    def buildBatch(self, begin, end):
        inputs = np.empty((self.windowSize, end - begin, 1))
        targets = np.empty(end - begin)
        for index in range(begin, end):
            inputs[:, index - begin, 0] = self.series[index - self.windowSize:index]
            targets[index - begin] = self.series[index]
        return inputs, targets

    def train(self, epochs):
        inputs, targets = self.buildBatch(self.windowSize, self.trainSize)
        for epoch in range(epochs):
            outputs, _ = self.network.forward(inputs)
            difference = outputs[-1, :, 0] - targets
            self.lossList.append(float(np.mean(difference * difference)))
            gradient = np.zeros_like(outputs)
            gradient[-1, :, 0] = 2.0 * difference / difference.shape[0]
            self.network.backward(gradient)
            self.network.update_parameters(0.1)

    def test(self):
        inputs, targets = self.buildBatch(self.trainSize, len(self.series))
        outputs, _ = self.network.forward(inputs)
        return outputs[-1, :, 0], targets


def train_rnn_on_sequence():
    series = generate_sequence_data('sine', 400)
    errorMap = {}
    trainer = None
    for windowSize in [4, 8, 12]:
        trainer = Trainer(windowSize, series, 320)
        trainer.train(300)
        predictions, targets = trainer.test()
        errorMap[windowSize] = float(np.mean((predictions - targets) ** 2))
    figure, axes = plt.subplots(1, 2)
    axes[0].plot(trainer.lossList)
    axes[1].plot(targets)
    axes[1].plot(predictions)
    return {"losses": trainer.lossList, "predictions": predictions, "targets": targets,
            "error_by_length": errorMap, "figure": figure}
